/** Which lines a path through a workflow took, if all that is known is the steps that it came by. */
import { type Layout, type Line, TRIGGER_ID } from "./layout";

/** The ids of the lines between what was come by; joins and empty ways count if what is before and behind them does. */
export function litLines({ nodes, lines }: Layout, steps: ReadonlySet<string>): Set<string> {
  const isPassage = new Set(nodes.filter((it) => it.kind === "join" || it.kind === "end").map((it) => it.id));
  const isStep = new Set(
    nodes.flatMap((it) => (it.kind === "step" && steps.has(it.step.id ?? "") ? [it.id] : [])),
  );
  const outOf = new Map<string, Line[]>();
  for (const line of lines) outOf.set(line.from, [...(outOf.get(line.from) ?? []), line]);
  const ahead = new Map<string, boolean>();
  // Whether something that was come by follows; lines only lead down.
  const leads = (id: string): boolean => {
    if (isStep.has(id)) return true;
    if (!isPassage.has(id)) return false;
    const known = ahead.get(id);
    if (known !== undefined) return known;
    ahead.set(id, false);
    const does = (outOf.get(id) ?? []).some((line) => leads(line.to));
    ahead.set(id, does);
    return does;
  };
  // Nodes stand in the order of the file, so that whatever leads into a join stands before it.
  const reached = new Set<string>([TRIGGER_ID, ...isStep]);
  const lit = new Set<string>();
  for (const node of nodes) {
    for (const line of outOf.get(node.id) ?? []) {
      if (line.isDead || !reached.has(line.from) || !leads(line.to)) continue;
      // A way that has steps is known by them; an empty one only if no other was taken.
      const others = (outOf.get(line.from) ?? []).filter((other) => other !== line && isStep.has(other.to));
      if (isPassage.has(line.to) && others.length > 0) continue;
      lit.add(line.id);
      if (isPassage.has(line.to)) reached.add(line.to);
    }
  }
  return lit;
}
