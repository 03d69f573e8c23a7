import { expect, it } from "vitest";
import { variantsOf, versionsOf } from "./sides";
import { added, namesIn, totalsOf } from "./sums";

const COUNTERS = {
  "entered:welcome": 30,
  "entered:welcome:v1": 20,
  "entered:welcome:v2": 10,
  "entered:welcome:v2:ghost": 3,
  "entered:welcome-back:v1": 7,
  "goal:welcome:first: order": 9,
  "goal:welcome:first: order:v1": 6,
  "goal:welcome:first: order:v2": 3,
  "exposed:subject:a": 15,
  "exposed:subject:b": 14,
  "exposed:elsewhere:a": 4,
  "goal_variant:subject:a:welcome:first: order": 5,
  "goal_variant:subject:a:welcome:first: order:ghost": 1,
};

it("puts versions side by side with what each of them reached", () => {
  expect(versionsOf(COUNTERS, "welcome")).toEqual([
    { name: "1", n: 20, goals: new Map([["first: order", 6]]) },
    { name: "2", n: 10, goals: new Map([["first: order", 3]]) },
  ]);
});

it("puts variants side by side, also those that reached nothing", () => {
  const variants = variantsOf(COUNTERS, "welcome");
  expect([...variants.keys()]).toEqual(["subject"]);
  expect(variants.get("subject")).toEqual([
    { name: "a", n: 15, goals: new Map([["first: order", 5]]) },
    { name: "b", n: 14, goals: new Map() },
  ]);
});

it("adds up workflows day by day and in all", () => {
  const report = (workflow: string) => ({
    workflow,
    entered: [1, 2],
    messages: { sent: [3, 4], odd: [1, 0] },
    engaged: {},
    goals: { bought: { reached: [0, 1], value: [0, 9.5] } },
  });
  const both = [report("a"), report("b")];
  expect(totalsOf(both)).toEqual({
    entered: 6,
    messages: { sent: 14, odd: 2 },
    engaged: {},
    goals: 2,
    value: 19,
  });
  expect(added([[1, 2], undefined, [3, 4]], 2)).toEqual([4, 6]);
  expect(namesIn(both, "messages", ["sent", "failed"])).toEqual(["sent", "odd"]);
});
