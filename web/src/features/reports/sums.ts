/** Sums of what days brought. */
import type { Schemas } from "../../api/client";

type Numbers = readonly number[];

export function sum(numbers: Numbers | undefined): number {
  return (numbers ?? []).reduce((all, n) => all + n, 0);
}

/** The numbers of several lists, added up place by place. */
export function added(lists: readonly (Numbers | undefined)[], n: number): number[] {
  return Array.from({ length: n }, (_, at) => lists.reduce((all, list) => all + (list?.[at] ?? 0), 0));
}

export type Totals = {
  entered: number;
  messages: Record<string, number>;
  engaged: Record<string, number>;
  goals: number;
  value: number;
};

/** What some workflows came to in the whole time. */
export function totalsOf(workflows: readonly Schemas["WorkflowReport"][]): Totals {
  const totals: Totals = { entered: 0, messages: {}, engaged: {}, goals: 0, value: 0 };
  for (const it of workflows) {
    totals.entered += sum(it.entered);
    for (const what of ["messages", "engaged"] as const) {
      for (const [name, numbers] of Object.entries(it[what])) {
        totals[what][name] = (totals[what][name] ?? 0) + sum(numbers);
      }
    }
    for (const goal of Object.values(it.goals)) {
      totals.goals += sum(goal.reached);
      totals.value += sum(goal.value);
    }
  }
  return totals;
}

/** The names that any of the workflows counted, in a given order, others after them. */
export function namesIn(
  workflows: readonly Schemas["WorkflowReport"][],
  what: "messages" | "engaged",
  order: readonly string[],
): string[] {
  const found = new Set(workflows.flatMap((it) => Object.keys(it[what])));
  return [...order.filter((name) => found.delete(name)), ...[...found].sort()];
}

/** How a share reads; a dash where there is nothing to divide by. */
export function shareOf(part: number, whole: number): string {
  if (whole === 0) return "–";
  return new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 1 }).format(
    part / whole,
  );
}
