/** What a template can say within `{{ }}`: everything that is known in the workspace. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, must, type Schemas } from "../../api/client";
import { contentWords } from "../../text/contentWords";
import type { Proposal } from "../forms/tools";
import { knownIn, proposalsOf } from "../workflows/known";
import { namesOf } from "../workflows/portfolio";

/** How long the answer is good enough. */
const FRESH_MS = 30_000;

export function useProposals(files: Schemas["SourceFile"][]): Proposal[] {
  const seen = useQuery({
    queryKey: ["traits"],
    queryFn: () => must(api.GET("/api/v1/traits")),
    staleTime: FRESH_MS,
  });
  return useMemo(() => {
    const traits = (seen.data?.traits ?? []).map((it) => it.name);
    const catalogues = namesOf(files, "catalogues").flatMap((name) => [
      { insert: `catalogues.${name}.items`, detail: contentWords.allRows },
      { insert: `catalogues.${name}.item[]`, detail: contentWords.rowByKey },
    ]);
    return [
      ...proposalsOf(knownIn(files, traits)),
      ...catalogues,
      ...Object.entries(contentWords.roots).map(([insert, detail]) => ({ insert, detail })),
    ];
  }, [files, seen.data]);
}
