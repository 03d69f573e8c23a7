/** How a new version reaches contacts: at once, or in stages with gates. */
import type { Schemas } from "../../api/client";

/** A gate that isn't given is not asked. */
export type Rollout = Omit<Schemas["RolloutPlan"], "gates"> & { gates?: Partial<Schemas["GatesPlan"]> };

/** What a rollout begins with: careful, and with gates that stop a bad version. */
export const CAREFUL: Rollout = {
  stages: [
    { percent: 10, for: "1d" },
    { percent: 50, for: "1d" },
    { percent: 100, for: "1h" },
  ],
  gates: { entries_min: 100, errors_max_percent: 2 },
  on_broken: "rollback",
};

/** Where the runs at a step go, as the plan and the choices write it. */
export type Goes = "stay" | "exit" | { to: string };

export function goesOf(typed: string): Goes {
  return typed === "stay" || typed === "exit" ? typed : { to: typed.replace(/^to:/, "") };
}

export function typedOf(goes: Goes | null | undefined): string {
  if (!goes) return "";
  return typeof goes === "string" ? goes : `to:${goes.to}`;
}

/** The choices that a publication is asked with. */
export function choicesOf(
  name: string,
  {
    moves,
    steps,
    backfills,
    rollout,
  }: { moves: boolean; steps: Record<string, Goes>; backfills: boolean; rollout: Rollout | undefined },
): Schemas["Chosen"] {
  return {
    backfill: backfills ? [{ workflow: name }] : [],
    ...(moves ? { migrations: { [name]: { default: "same", steps } } as never } : {}),
    ...(rollout ? { rollouts: { [name]: rollout } as never } : {}),
  };
}
