import { expect, it } from "vitest";
import { cell } from "./download";
import { labelled, ticksTo } from "./scale";

it("marks round numbers from nought on, and counts in wholes", () => {
  expect(ticksTo(0, 95)).toEqual([0, 50, 100]);
  expect(ticksTo(0, 1)).toEqual([0, 1]);
  expect(ticksTo(-30, 60)).toEqual([-50, 0, 50, 100]);
  expect(ticksTo(0, 0.4)).toEqual([0, 0.1, 0.2, 0.30000000000000004, 0.4]);
});

it("labels the last day, and others as far as there is room", () => {
  expect(labelled(30, 4)).toEqual([5, 13, 21, 29]);
  expect(labelled(3, 10)).toEqual([0, 1, 2]);
  expect(labelled(0, 10)).toEqual([]);
});

it("writes cells that no spreadsheet takes for a formula", () => {
  expect(cell("=1+1")).toBe("'=1+1");
  expect(cell('say "hi", please')).toBe('"say ""hi"", please"');
  expect(cell(-5)).toBe("-5");
});
