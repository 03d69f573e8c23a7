/** Conditions of the file format as plain data: how a form sees them, and what it makes of them. */

/** One condition, exactly as it stands in a file. */
export type Condition = { readonly [key: string]: unknown };

/** How the members of a group go together. */
export type Mode = "all" | "any" | "none" | "not_all";

/** What a condition asks, by the key that says so. */
export const KINDS = [
  "trait",
  "account",
  "event",
  "message",
  "segment",
  "list",
  "tag",
  "consent",
  "time",
  "share",
  "trigger",
  "run",
] as const;

export type Kind = (typeof KINDS)[number];

/** The tests of a value, in the order in which they are offered. */
export const TESTS = [
  "eq",
  "ne",
  "in",
  "not_in",
  "gt",
  "gte",
  "lt",
  "lte",
  "contains",
  "starts_with",
  "ends_with",
  "matches",
  "exists",
  "within_last",
  "within_next",
] as const;

export type Test = (typeof TESTS)[number];

/** The kinds that are a path with tests beside it. */
export const TESTED: ReadonlySet<string> = new Set(["trait", "account", "trigger", "run"]);

export type Group = { mode: Mode; items: readonly Condition[] };

/** The group that a condition is, if it is one. */
export function groupOf(condition: Condition): Group | undefined {
  const plain = listOf(condition);
  if (plain) return plain;
  const inner = isCondition(condition.not) ? listOf(condition.not) : undefined;
  if (!inner) return undefined;
  return { mode: inner.mode === "any" ? "none" : "not_all", items: inner.items };
}

/** A group as a condition. */
export function ofGroup({ mode, items }: Group): Condition {
  switch (mode) {
    case "all":
      return { all: items };
    case "any":
      return { any: items };
    case "none":
      return { not: { any: items } };
    case "not_all":
      return { not: { all: items } };
  }
}

function listOf(condition: Condition): Group | undefined {
  if (Object.keys(condition).length !== 1) return undefined;
  for (const mode of ["all", "any"] as const) {
    const items = condition[mode];
    if (Array.isArray(items)) return { mode, items: items.filter(isCondition) };
  }
  return undefined;
}

/** Whether something is a mapping, as every condition is. */
export function isCondition(value: unknown): value is Condition {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The whole as one group, however it is written: what the builder's outermost box shows. */
export function rootOf(condition: Condition | undefined): Group {
  if (!condition || Object.keys(condition).length === 0) return { mode: "all", items: [] };
  return groupOf(condition) ?? { mode: "all", items: [condition] };
}

/** The outermost group as it is best written: what has one member needs no group. */
export function ofRoot(group: Group): Condition {
  const [only, second] = group.items;
  if (group.mode === "all" && only && !second) return only;
  return ofGroup(group);
}

/** A row of the builder: a question, perhaps turned round. */
export type Row = { isNegated: boolean; inner: Condition };

export function rowOf(condition: Condition): Row {
  const keys = Object.keys(condition);
  return keys.length === 1 && isCondition(condition.not)
    ? { isNegated: true, inner: condition.not }
    : { isNegated: false, inner: condition };
}

export function ofRow({ isNegated, inner }: Row): Condition {
  return isNegated ? { not: inner } : inner;
}

/** What a question asks; nothing if no form knows it. */
export function kindOf(condition: Condition): Kind | undefined {
  return KINDS.find((kind) => kind in condition);
}

/** What a new question of a kind begins with. */
export function blank(kind: Kind): Condition {
  switch (kind) {
    case "trait":
    case "account":
    case "trigger":
    case "run":
      return { [kind]: "", eq: "" };
    case "message":
      return { message: "any", is: "opened" };
    case "consent":
      return { consent: "", is: "subscribed" };
    case "time":
      return { time: { from: "09:00", to: "17:00" } };
    case "share":
      return { share: 10 };
    default:
      return { [kind]: "" };
  }
}

/** The tests that stand in a mapping, in its order. */
export function testsOf(holder: Condition): [Test, unknown][] {
  return Object.entries(holder).filter((entry): entry is [Test, unknown] => isTest(entry[0]));
}

export function isTest(key: string): key is Test {
  return (TESTS as readonly string[]).includes(key);
}

/** The mapping with other tests in place of its own. */
export function withTests(holder: Condition, tests: readonly (readonly [Test, unknown])[]): Condition {
  const others = Object.entries(holder).filter(([key]) => !isTest(key));
  return Object.fromEntries([...others, ...tests]);
}

/** The mapping with one value changed; `undefined` takes it away. */
export function withKey(holder: Condition, key: string, value: unknown): Condition {
  if (value !== undefined) return { ...holder, [key]: value };
  return Object.fromEntries(Object.entries(holder).filter(([name]) => name !== key));
}

/** How an event is counted. */
export type Counting = "once" | "never" | "count" | "sum" | "first" | "last";

export function countingOf(condition: Condition): Counting {
  if ("never" in condition) return "never";
  for (const way of ["count", "sum", "first", "last"] as const) if (way in condition) return way;
  return "once";
}

/** The same question about an event, counted in another way. */
export function countedAs(condition: Condition, way: Counting): Condition {
  const rest = Object.fromEntries(
    Object.entries(condition).filter(([key]) => !["never", "count", "sum", "first", "last"].includes(key)),
  );
  switch (way) {
    case "once":
      return rest;
    case "never":
      return { ...rest, never: true };
    case "count":
      return { ...rest, count: { gte: 2 } };
    case "sum":
      return { ...rest, sum: { of: "", gte: 100 } };
    case "first":
    case "last":
      return { ...withKey(rest, "within", undefined), [way]: { within: "30d" } };
  }
}

/** The filters on an event's properties: a plain value means `eq`. */
export function filtersOf(condition: Condition): { property: string; tests: Condition }[] {
  if (!isCondition(condition.where)) return [];
  return Object.entries(condition.where).map(([property, tests]) => ({
    property,
    tests: isCondition(tests) ? tests : { eq: tests },
  }));
}

/** The question with other filters; two on the same property become one. */
export function withFilters(
  condition: Condition,
  filters: readonly { property: string; tests: Condition }[],
): Condition {
  if (filters.length === 0) return withKey(condition, "where", undefined);
  const where: Record<string, unknown> = {};
  for (const { property, tests } of filters) {
    const keys = Object.keys(tests);
    where[property] = keys.length === 1 && keys[0] === "eq" ? tests.eq : tests;
  }
  return { ...condition, where };
}

/** What a test's value begins with, for what is known of the value's kind. */
export function firstValue(test: Test, type: string | undefined, before: unknown): unknown {
  const scalar = Array.isArray(before) ? before[0] : before;
  switch (test) {
    case "in":
    case "not_in":
      return Array.isArray(before) ? before : before === "" || before === undefined ? [] : [before];
    case "exists":
      return true;
    case "within_last":
    case "within_next":
      return isPeriod(before) ? before : "30d";
    default:
      if (type === "number") return typeof scalar === "number" ? scalar : 0;
      if (type === "boolean") return typeof scalar === "boolean" ? scalar : true;
      return typeof scalar === "object" || scalar === undefined || isPeriod(scalar) ? "" : scalar;
  }
}

const PERIOD = /^([0-9]+(w|d|h|m|s|ms))+$/;

export function isPeriod(value: unknown): value is string {
  return typeof value === "string" && PERIOD.test(value);
}

/** What is still missing from a condition or from any part of it: the first of it, or nothing. */
export function missingIn(condition: Condition): "name" | "value" | "period" | "of" | undefined {
  const group = groupOf(condition);
  if (group) return firstOf(group.items.map(missingIn));
  if (isCondition(condition.not)) return missingIn(condition.not);
  const kind = kindOf(condition);
  if (!kind) return undefined;
  if (typeof condition[kind] === "string" && condition[kind] === "") return "name";
  if (TESTED.has(kind)) return testsOf(condition).length === 0 ? "value" : missingInTests(condition);
  if (kind === "event") return missingInEvent(condition);
  if (condition.within !== undefined && !isPeriod(condition.within)) return "period";
  return undefined;
}

function missingInEvent(condition: Condition): ReturnType<typeof missingIn> {
  if (condition.within !== undefined && !isPeriod(condition.within)) return "period";
  for (const way of ["first", "last"]) {
    const test = condition[way];
    if (isCondition(test) && !Object.values(test).every(isPeriod)) return "period";
  }
  for (const way of ["count", "sum"]) {
    const test = condition[way];
    if (!isCondition(test)) continue;
    if (test.of === "") return "of";
    const missing = missingInTests(test);
    if (missing) return missing;
  }
  return firstOf(
    filtersOf(condition).map(({ property, tests }) => (property ? missingInTests(tests) : "name")),
  );
}

function missingInTests(holder: Condition): "value" | "period" | undefined {
  for (const [test, value] of testsOf(holder)) {
    if (test === "within_last" || test === "within_next") {
      if (!isPeriod(value)) return "period";
    } else if (value === "" || value === null || (Array.isArray(value) && value.length === 0)) return "value";
  }
  return undefined;
}

function firstOf<T>(found: (T | undefined)[]): T | undefined {
  return found.find((it) => it !== undefined);
}
