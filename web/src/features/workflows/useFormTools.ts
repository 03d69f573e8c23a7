/** The tools that forms of a workflow work with: every change is a change of its text. */
import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, must, type Schemas } from "../../api/client";
import type { FormTools, Issue } from "../forms/tools";
import { appendValue, chooseKey, moveItem, renameKey, setValue } from "./canvas/edit";
import { everyStep, type Tree } from "./canvas/tree";
import { knownIn, namesFor, proposalsOf } from "./known";

/** How long the answer is good enough. */
const FRESH_MS = 30_000;

export function useFormTools(
  tree: Tree,
  files: Schemas["SourceFile"][],
  issues: readonly Issue[],
  change: (text: string) => void,
): FormTools {
  const seen = useQuery({
    queryKey: ["traits"],
    queryFn: () => must(api.GET("/api/v1/traits")),
    staleTime: FRESH_MS,
  });
  const known = useMemo(
    () =>
      knownIn(
        files,
        (seen.data?.traits ?? []).map((it) => it.name),
      ),
    [files, seen.data],
  );
  return useMemo(() => {
    const ids = everyStep(tree.steps).flatMap((step) => step.id ?? []);
    return {
      set: (path, value) => change(setValue(tree, path, value)),
      rename: (path, from, to) => change(renameKey(tree, path, from, to)),
      append: (path, value) => change(appendValue(tree, path, value)),
      move: (path, from, to) => change(moveItem(tree, path, from, to)),
      choose: (path, choice) => change(chooseKey(tree, path, choice)),
      issues,
      namesFor: (path) => namesFor(known, ids, path),
      proposals: proposalsOf(known),
    };
  }, [tree, known, issues, change]);
}
