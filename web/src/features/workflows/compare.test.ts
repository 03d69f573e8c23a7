import { describe, expect, it } from "vitest";
import { treeOf } from "./canvas/tree";
import { compare } from "./compare";

const tree = (steps: string) => {
  const read = treeOf(`workflow: w\ntrigger: { event: E }\nsteps:\n${steps}`);
  if (!read) throw new Error("no tree");
  return read;
};

describe("two versions", () => {
  it("differ by steps: new, changed, gone, and renamed ones are the same", () => {
    const before = tree(
      "  - { id: a, wait: 1h }\n  - id: b\n    branch:\n      - if: { tag: x }\n        then: [ { id: c, exit: true } ]\n  - { id: d, wait: 1d }\n",
    );
    const after = tree(
      "  - { wait: 1h, id: a2, was: a } # later\n  - id: b\n    branch:\n      - if: { tag: x }\n        then: [ { id: e, wait: 2h } ]\n  - { id: d, wait: 2d }\n",
    );
    const { marks, removed } = compare(before, after);
    expect([...marks]).toEqual([
      ["e", "added"],
      ["d", "changed"],
    ]);
    expect(removed.map((step) => step.id)).toEqual(["c"]);
  });

  it("mark nothing in a first version", () => {
    expect(compare(undefined, tree("  - { id: a, wait: 1h }\n")).marks.size).toBe(0);
  });
});
