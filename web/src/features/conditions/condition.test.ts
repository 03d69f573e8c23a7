import { expect, it } from "vitest";
import {
  blank,
  type Condition,
  countedAs,
  filtersOf,
  groupOf,
  KINDS,
  missingIn,
  ofGroup,
  ofRoot,
  rootOf,
  withFilters,
} from "./condition";

it("shows a single condition as a group of one, and writes it without a group again", () => {
  const only = { trait: "plan", eq: "pro" };
  expect(rootOf(only)).toEqual({ mode: "all", items: [only] });
  expect(ofRoot(rootOf(only))).toEqual(only);
  const two = { mode: "all" as const, items: [only, { tag: "vip" }] };
  expect(rootOf(ofRoot(two))).toEqual(two);
});

it("knows the four ways in which conditions go together", () => {
  const items = [{ tag: "vip" }, { list: "fair" }];
  for (const mode of ["all", "any", "none", "not_all"] as const) {
    expect(groupOf(ofGroup({ mode, items }))).toEqual({ mode, items });
  }
  expect(groupOf({ not: { tag: "vip" } })).toBeUndefined();
});

it("counts an event in other ways and keeps what it is about", () => {
  const asked: Condition = { event: "Order Completed", count: { gte: 3 }, within: "365d", where: { a: 1 } };
  expect(countedAs(asked, "never")).toEqual({
    event: "Order Completed",
    within: "365d",
    where: { a: 1 },
    never: true,
  });
  expect(countedAs(asked, "last")).toEqual({
    event: "Order Completed",
    where: { a: 1 },
    last: { within: "30d" },
  });
});

it("writes a filter that asks for equality as a plain value", () => {
  const filtered = withFilters({ event: "A" }, [
    { property: "currency", tests: { eq: "EUR" } },
    { property: "total", tests: { gte: 5 } },
  ]);
  expect(filtered).toEqual({ event: "A", where: { currency: "EUR", total: { gte: 5 } } });
  expect(filtersOf(filtered)[0]).toEqual({ property: "currency", tests: { eq: "EUR" } });
  expect(withFilters(filtered, [])).toEqual({ event: "A" });
});

it("says what is missing from every new condition that can't be asked yet", () => {
  const complete = new Set(["message", "time", "share"]);
  for (const kind of KINDS) {
    expect(missingIn(blank(kind)), kind).toBe(complete.has(kind) ? undefined : "name");
  }
  expect(missingIn({ any: [{ tag: "a" }, { not: { trait: "plan", eq: "" } }] })).toBe("value");
  expect(missingIn({ event: "A", last: { before: "thirty" } })).toBe("period");
  expect(missingIn({ event: "A", sum: { of: "", gte: 1 } })).toBe("of");
  expect(missingIn({ trait: "plan", exists: false })).toBeUndefined();
});
