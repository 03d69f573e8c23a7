import { describe, expect, it } from "vitest";
import { duplicateStep, insertStep, moveStep, removeStep, replaceStep, setValue } from "./edit";
import { layout } from "./layout";
import { everyStep, STEPS, type Tree, treeOf } from "./tree";

const FILE = `# A comment at the top.
workflow: cart
trigger: { event: Cart Updated }
steps:
  # Give them time.
  - { id: rest, wait: 1h } # an hour
  - id: which
    branch:
      - if: { trait: plan, eq: pro }
        then:
          - { id: pro, send: { email: pro } }
    else:
      - { id: plain, send: { email: plain } }
  - id: bought
    wait_for:
      - { event: Order Completed, then: [ { exit: bought } ] }
    timeout: 3d
`;

function tree(text: string): Tree {
  const read = treeOf(text);
  if (!read) throw new Error("no tree");
  return read;
}

const ids = (text: string) => everyStep(tree(text).steps).map((step) => step.id ?? step.kind);

describe("reading a workflow's file", () => {
  it("finds every step in the order of the file, with its lines and ways", () => {
    const { steps, triggers } = tree(FILE);
    expect(triggers).toEqual(["Cart Updated"]);
    expect(ids(FILE)).toEqual(["rest", "which", "pro", "plain", "bought", "exit"]);
    expect(steps.map((step) => step.lines)).toEqual([
      [6, 6],
      [7, 13],
      [14, 17],
    ]);
    expect(steps[1]?.ways.map((way) => way.label)).toEqual(["plan = pro", "else"]);
    expect(steps[2]?.ways.map((way) => way.label)).toEqual(["Order Completed", "after 3d"]);
  });

  it("is nothing while the text is no YAML", () => {
    expect(treeOf("steps: [")).toBeUndefined();
    expect(treeOf("just a text")).toBeUndefined();
  });
});

describe("changing it by the canvas", () => {
  it("keeps comments and everything else when a step is put in", () => {
    const after = insertStep(tree(FILE), STEPS, 1, "send");
    expect(after).toBe(
      FILE.replace("# an hour\n", "# an hour\n  - { id: send, send: { email: TEMPLATE } }\n"),
    );
  });

  it("makes the list of a way that had no steps", () => {
    const after = insertStep(tree(FILE), ["steps", 2, "on_timeout"], 0, "exit");
    expect(ids(after)).toEqual(["rest", "which", "pro", "plain", "bought", "exit", "exit"]);
    expect(tree(after).steps[2]?.ways[1]?.steps).toHaveLength(1);
  });

  it("moves a step within its list, into a way and out of it", () => {
    expect(ids(moveStep(tree(FILE), ["steps", 0], STEPS, 3))).toEqual([
      "which",
      "pro",
      "plain",
      "bought",
      "exit",
      "rest",
    ]);
    const inside = moveStep(tree(FILE), ["steps", 0], ["steps", 1, "else"], 1);
    expect(ids(inside)).toEqual(["which", "pro", "plain", "rest", "bought", "exit"]);
    expect(ids(moveStep(tree(inside), ["steps", 0, "else", 1], STEPS, 0))).toEqual(ids(FILE));
  });

  it("moves no step into itself", () => {
    expect(ids(moveStep(tree(FILE), ["steps", 1], ["steps", 1, "else"], 0))).toEqual(ids(FILE));
  });

  it("gives a copy ids of its own", () => {
    const after = duplicateStep(tree(FILE), ["steps", 1]);
    expect(ids(after)).toEqual([
      "rest",
      "which",
      "pro",
      "plain",
      "which-2",
      "pro-2",
      "plain-2",
      "bought",
      "exit",
    ]);
  });

  it("removes a step with what hangs on it", () => {
    expect(ids(removeStep(tree(FILE), ["steps", 1]))).toEqual(["rest", "bought", "exit"]);
  });

  it("takes the text of one step, and refuses what is no step", () => {
    const after = replaceStep(tree(FILE), ["steps", 0], "{ id: pause, wait: 2h }");
    expect(after && ids(after)[0]).toBe("pause");
    expect(replaceStep(tree(FILE), ["steps", 0], "{ id: [")).toBeUndefined();
  });

  it("changes one value", () => {
    expect(setValue(tree(FILE), ["steps", 0, "wait"], "2h")).toBe(FILE.replace("wait: 1h", "wait: 2h"));
  });
});

describe("laying it out", () => {
  it("puts no two steps into the same place, and draws a line to each", () => {
    const placed = layout(tree(FILE));
    const places = placed.nodes.filter((it) => it.kind === "step").map((it) => `${it.x}:${it.y}`);
    expect(new Set(places).size).toBe(6);
    for (const node of placed.nodes) {
      if (node.kind !== "trigger") expect(placed.lines.some((line) => line.to === node.id)).toBe(true);
    }
  });

  it("is quick with a thousand steps", () => {
    const many = Array.from({ length: 1_000 }, (_, n) => `  - { id: s${n}, wait: 1h }`).join("\n");
    expect(layout(tree(`workflow: w\ntrigger: { event: E }\nsteps:\n${many}\n`)).nodes).toHaveLength(1_002);
  });
});
