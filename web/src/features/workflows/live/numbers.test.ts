import { describe, expect, it } from "vitest";
import type { Schemas } from "../../../api/client";
import { byRule, familyOf } from "./numbers";

describe("what was counted", () => {
  it("is told by family, without the counters of single versions", () => {
    const counted = {
      entered: 9,
      "entered:v1": 9,
      "ended:goal": 2,
      "ended:completed": 5,
      "goal:Order": 2,
      "goal:Order:v1": 2,
    };
    expect(familyOf(counted, "ended")).toEqual([
      { what: "completed", n: 5 },
      { what: "goal", n: 2 },
    ]);
    expect(familyOf(counted, "goal")).toEqual([{ what: "Order", n: 2 }]);
    expect(familyOf(counted, "entered")).toEqual([]);
  });

  it("groups messages by what holds them", () => {
    const message = (state: string, rule: string) =>
      ({ state, detail: { rule } }) as unknown as Schemas["MessageView"];
    const rows = byRule([message("blocked", "7.6"), message("scheduled", "7.5"), message("blocked", "7.6")]);
    expect(rows.map(({ state, rule, n }) => [state, rule, n])).toEqual([
      ["blocked", "7.6", 2],
      ["scheduled", "7.5", 1],
    ]);
  });
});
