import { expect, it } from "vitest";
import { differenceOf } from "./difference";

it("shows what was added and removed, in the order of the text", () => {
  const lines = differenceOf("a\nb\nc\n", "a\nx\nc\nd\n").map((line) => `${line.change} ${line.text}`);
  expect(lines).toEqual(["same a", "removed b", "added x", "same c", "added d"]);
});

it("shows a new text as added and a removed one as removed", () => {
  expect(differenceOf("", "a\n").map((line) => line.change)).toEqual(["added"]);
  expect(differenceOf("a\n", "").map((line) => line.change)).toEqual(["removed"]);
  expect(differenceOf("a\n", "a\n").map((line) => line.change)).toEqual(["same"]);
});
