import { describe, expect, it } from "vitest";
import { layout } from "./layout";
import { litLines } from "./light";
import { treeOf } from "./tree";

const FILE = `workflow: w
trigger: { event: E }
steps:
  - { id: hello, send: { email: hello } }
  - id: which
    branch:
      - if: { trait: plan, eq: pro }
        then:
          - { id: pro, send: { email: pro } }
          - { id: over, exit: true }
  - { id: later, wait: 1d }
`;

const lit = (...steps: string[]) => {
  const tree = treeOf(FILE);
  if (!tree) throw new Error("no tree");
  const placed = layout(tree);
  const names = new Map(placed.nodes.map((it) => [it.id, it.kind === "step" ? (it.step.id ?? "") : it.kind]));
  const ids = litLines(placed, new Set(steps));
  return placed.lines
    .filter((line) => ids.has(line.id))
    .map((line) => `${names.get(line.from)} > ${names.get(line.to)}`);
};

describe("the path of a run", () => {
  it("leads through the steps that it came by", () => {
    expect(lit("hello")).toEqual(["trigger > hello"]);
    expect(lit("hello", "which", "pro", "over")).toEqual([
      "trigger > hello",
      "hello > which",
      "which > pro",
      "pro > over",
    ]);
  });

  it("leads through an empty way if no other was taken", () => {
    expect(lit("hello", "which", "later")).toEqual([
      "trigger > hello",
      "hello > which",
      "which > join",
      "join > join",
      "join > later",
    ]);
  });
});
