/** What was counted of a workflow, in the shape in which it is shown. */
import type { Schemas } from "../../../api/client";
import { words } from "../../../text/flow";
import type { StepNote } from "../canvas/Canvas";

/** Who rests at each step of a version, and how many came by. */
export function notesOf(view: Schemas["WorkflowVersionView"] | undefined): Map<string, StepNote> {
  return new Map(
    (view?.steps ?? []).map((step) => [
      step.id,
      { badge: step.here > 0 ? words.live.here(step.here) : undefined, came: step.taken },
    ]),
  );
}

export type Counted = { what: string; n: number };

/** The counters of one family, such as `ended`, by what follows their name; those of single versions are left out. */
export function familyOf(counted: Record<string, number>, family: string): Counted[] {
  return Object.entries(counted)
    .flatMap(([name, n]) => {
      const [first, ...rest] = name.split(":");
      const isOfVersion = /^v\d+$/.test(rest.at(-1) ?? "");
      return first === family && rest.length > 0 && !isOfVersion ? [{ what: rest.join(":"), n }] : [];
    })
    .sort((one, other) => other.n - one.n);
}

/** Messages by the rule that holds or held them, most first. */
export function byRule(
  messages: Schemas["MessageView"][],
): { state: string; rule: string; why: string; n: number }[] {
  const found = new Map<string, { state: string; rule: string; why: string; n: number }>();
  for (const { state, detail } of messages) {
    const of = (detail ?? {}) as { rule?: string; why?: string };
    const [rule, why] = [of.rule ?? "", of.why ?? ""];
    const key = `${state}/${rule}/${why}`;
    const row = found.get(key) ?? { state, rule, why, n: 0 };
    row.n += 1;
    found.set(key, row);
  }
  return [...found.values()].sort((one, other) => other.n - one.n);
}
