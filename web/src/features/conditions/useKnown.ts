/** What is known of the workspace's names, for whoever writes conditions. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, must } from "../../api/client";
import { type Known, knownOf, NOTHING_KNOWN } from "./known";

/** How long the answer is good enough. */
const FRESH_MS = 30_000;

export function useKnown(): Known {
  const portfolio = useQuery({
    queryKey: ["portfolio"],
    queryFn: () => must(api.GET("/api/v1/portfolio")),
    staleTime: FRESH_MS,
  });
  const lists = useQuery({
    queryKey: ["lists"],
    queryFn: () => must(api.GET("/api/v1/lists")),
    staleTime: FRESH_MS,
  });
  return useMemo(
    () =>
      portfolio.data
        ? knownOf(
            portfolio.data.files,
            (lists.data?.lists ?? []).map((it) => it.name),
          )
        : NOTHING_KNOWN,
    [portfolio.data, lists.data],
  );
}
