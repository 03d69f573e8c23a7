import { describe, expect, it } from "vitest";
import {
  alternativeOf,
  beginningOf,
  definition,
  exclusiveOf,
  isAllowed,
  type Schema,
  shapeOf,
} from "./schema";

const step = definition("step");
const property = (of: Schema, key: string) => of.properties?.[key] ?? {};

describe("what a form shows for a schema", () => {
  it("finds a shape for every property of every kind of step", () => {
    const reach = (schema: Schema, seen: Set<string>): void => {
      const shape = shapeOf(schema);
      expect(shape.is).toBeTypeOf("string");
      if (schema.$ref) {
        if (seen.has(schema.$ref)) return;
        seen.add(schema.$ref);
      }
      if (shape.is === "object")
        for (const it of Object.values(shape.schema.properties ?? {})) reach(it, seen);
      if (shape.is === "list" || shape.is === "map") reach(shape.of, seen);
      if (shape.is === "either") for (const it of shape.options) reach(it, seen);
    };
    const seen = new Set<string>();
    for (const it of Object.values(step.properties ?? {})) reach(it, seen);
    expect(seen.size).toBeGreaterThan(10);
  });

  it("tells texts, periods, times, names and Liquid apart", () => {
    const kind = (of: string, key: string) => {
      const shape = shapeOf(property(definition(of), key));
      return shape.is === "text" ? shape.kind : shape.is;
    };
    expect(kind("step", "timeout")).toBe("period");
    expect(kind("wait", "until")).toBe("time");
    expect(kind("wait", "at")).toBe("time");
    expect(kind("step", "goto")).toBe("name");
    expect(kind("task", "title")).toBe("liquid");
    expect(kind("step", "note")).toBe("plain");
    expect(kind("wait", "weekday")).toBe("names");
    expect(kind("wait", "if_missing")).toBe("either");
  });

  it("leaves lists of steps to the canvas, and sees one or many", () => {
    expect(shapeOf(property(step, "else")).is).toBe("steps");
    expect(shapeOf(property(step, "wait_for"))).toMatchObject({ is: "list", orOne: true });
    expect(shapeOf(property(definition("way_of_a_branch"), "if")).is).toBe("condition");
  });

  it("knows which alternative a value is of", () => {
    const exit = shapeOf(property(step, "exit"));
    const options = exit.is === "either" ? exit.options : [];
    expect([true, "bought", { reason: "bought" }].map((it) => alternativeOf(options, it))).toEqual([0, 1, 2]);
  });

  it("knows what goes with what", () => {
    const wait = definition("wait");
    expect(exclusiveOf(wait)).toContain("best_time");
    expect(isAllowed(wait, "offset", ["until"])).toBe(false);
    expect(isAllowed(wait, "offset", ["date"])).toBe(true);
    expect(isAllowed(step, "timeout", ["wait_for"])).toBe(true);
    expect(isAllowed(step, "timeout", ["send"])).toBe(false);
  });

  it("begins with what is required", () => {
    expect(beginningOf(property(step, "task"))).toEqual({ title: "", for: "", due: "1d" });
    expect(beginningOf(property(step, "wait"))).toBe("");
  });
});
