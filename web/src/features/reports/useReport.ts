import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";

/** How often the numbers are looked at again. */
const LOOK_EVERY_MS = 30_000;

/** What the last days brought; of one workflow, or of all. */
export function useReport(days: number, workflow = "") {
  return useQuery({
    queryKey: ["report", days, workflow],
    queryFn: () =>
      must(api.GET("/api/v1/report", { params: { query: { days, ...(workflow ? { workflow } : {}) } } })),
    refetchInterval: LOOK_EVERY_MS,
    placeholderData: (before) => before,
  });
}
