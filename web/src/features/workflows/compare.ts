/** Two versions of a workflow, step by step: a step is its id. */
import { isMap, type Node, type YAMLMap } from "yaml";
import type { Mark } from "./canvas/Canvas";
import { everyStep, type Step, type Tree } from "./canvas/tree";

export type Comparison = {
  /** How the steps of the newer one differ from the older one, by id. */
  marks: Map<string, Mark>;
  /** The steps that are gone. */
  removed: Step[];
};

/** What a step says itself, without the steps on its ways. */
function own(tree: Tree, step: Step): string {
  const node = tree.document.getIn(step.path, true) as Node;
  const bare = node.clone() as Node;
  if (isMap(bare)) {
    bare.delete("was");
    const base = step.path.length;
    // A way that isn't there and one without steps say the same.
    for (const way of step.ways) (bare as YAMLMap).deleteIn(way.path.slice(base));
  }
  return JSON.stringify(sorted(bare.toJSON()));
}

function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  const entries = Object.entries(value).sort(([one], [other]) => (one < other ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sorted(inner)]));
}

export function compare(before: Tree | undefined, after: Tree): Comparison {
  const old = new Map((before ? everyStep(before.steps) : []).map((step) => [step.id ?? "", step]));
  const marks = new Map<string, Mark>();
  const still = new Set<string>();
  for (const step of everyStep(after.steps)) {
    if (!step.id) continue;
    const was = after.document.getIn([...step.path, "was"]);
    const then = old.get(step.id) ?? (typeof was === "string" ? old.get(was) : undefined);
    if (then?.id) still.add(then.id);
    if (!before) continue;
    if (!then) marks.set(step.id, "added");
    else if (
      own(before, then).replace(`"id":"${then.id}"`, "") !== own(after, step).replace(`"id":"${step.id}"`, "")
    )
      marks.set(step.id, "changed");
  }
  const removed = before ? everyStep(before.steps).filter((step) => step.id && !still.has(step.id)) : [];
  return { marks, removed };
}
