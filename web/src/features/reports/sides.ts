/** Versions and variants side by side, read from counters. */

export type Side = { name: string; n: number; goals: Map<string, number> };

/** The versions of a workflow: how many entered each, and how many reached its goals. */
export function versionsOf(counters: Record<string, number>, workflow: string): Side[] {
  const sides = new Map<string, Side>();
  const side = (name: string) => {
    const there = sides.get(name) ?? { name, n: 0, goals: new Map<string, number>() };
    sides.set(name, there);
    return there;
  };
  for (const [counter, n] of Object.entries(counters)) {
    const entered = rest(counter, `entered:${workflow}:v`);
    if (entered && /^\d+$/.test(entered)) side(entered).n += n;
    const goal = rest(counter, `goal:${workflow}:`);
    const match = goal && /^(.*):v(\d+)$/.exec(goal);
    if (match?.[1] && match[2]) side(match[2]).goals.set(match[1], n);
  }
  return [...sides.values()].sort((one, other) => Number(one.name) - Number(other.name));
}

/** The variants of each experiment that a workflow's goals were counted for. */
export function variantsOf(counters: Record<string, number>, workflow: string): Map<string, Side[]> {
  const experiments = new Map<string, Map<string, Side>>();
  for (const [counter, n] of Object.entries(counters)) {
    const [kind, experiment, variant, of, ...goal] = counter.split(":");
    if (kind !== "goal_variant" || of !== workflow || !experiment || !variant) continue;
    if (goal.at(-1) === "ghost") continue;
    const variants = experiments.get(experiment) ?? new Map<string, Side>();
    experiments.set(experiment, variants);
    const side = variants.get(variant) ?? { name: variant, n: 0, goals: new Map<string, number>() };
    variants.set(variant, side);
    side.goals.set(goal.join(":"), n);
  }
  for (const [counter, n] of Object.entries(counters)) {
    const [kind, experiment, variant] = counter.split(":");
    if (kind !== "exposed" || !experiment || !variant) continue;
    const variants = experiments.get(experiment);
    if (!variants) continue;
    const side = variants.get(variant) ?? { name: variant, n: 0, goals: new Map<string, number>() };
    variants.set(variant, side);
    side.n = n;
  }
  return new Map([...experiments].map(([name, sides]) => [name, [...sides.values()].sort(byName)]));
}

function byName(one: Side, other: Side): number {
  return one.name.localeCompare(other.name);
}

function rest(counter: string, prefix: string): string | undefined {
  return counter.startsWith(prefix) ? counter.slice(prefix.length) : undefined;
}
