import { expect, it } from "vitest";
import { moveSteps, removeSteps } from "./edit";
import { rangeOf, stretched } from "./range";
import { everyStep, treeOf } from "./tree";

const TEXT = `workflow: w
trigger: { event: E }
steps:
  - { id: a, wait: 1d }
  # Stays with b.
  - { id: b, wait: 2d }
  - { id: c, wait: 3d }
  - { id: d, wait: 4d }
`;

function stepsOf(text: string) {
  const tree = treeOf(text);
  if (!tree) throw new Error("no tree");
  return { tree, steps: everyStep(tree.steps) };
}

const ids = (text: string) => stepsOf(text).steps.map((step) => step.id);

it("chooses the steps between two of one list, whichever was first", () => {
  const { steps } = stepsOf(TEXT);
  expect(rangeOf(steps, ["steps", 2], ["steps", 1]).map((it) => it.id)).toEqual(["b", "c"]);
  expect(rangeOf(steps, ["steps", 2], ["steps", 0, "else", 1]).map((it) => it.id)).toEqual(["c"]);
  expect(stretched(steps, ["steps", 2], undefined, 1)).toEqual(["steps", 3]);
  expect(stretched(steps, ["steps", 2], ["steps", 3], 1)).toBeUndefined();
});

it("removes and moves several at once", () => {
  const { tree } = stepsOf(TEXT);
  const some = [
    ["steps", 1],
    ["steps", 2],
  ];
  expect(ids(removeSteps(tree, some))).toEqual(["a", "d"]);
  expect(ids(moveSteps(tree, some, ["steps"], 0))).toEqual(["b", "c", "a", "d"]);
  expect(moveSteps(tree, some, ["steps"], 4)).toContain("# Stays with b.");
});
