import { describe, expect, it } from "vitest";
import {
  appendValue,
  chooseKey,
  copySteps,
  duplicateStep,
  insertStep,
  moveItem,
  moveStep,
  moveWay,
  pasteSteps,
  removeStep,
  renameKey,
  renameStep,
  replaceStep,
  setValue,
} from "./edit";
import { layout } from "./layout";
import { everyStep, everyWay, KINDS, STEPS, type Tree, treeOf } from "./tree";
import { found, neighbour } from "./walk";

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

/** Comments in every place where somebody might write one. */
const COMMENTED = `# Above all.
workflow: w # its name
trigger: { event: E }
steps:
  # Before the wait.
  - id: rest # its id
    # Before how long.
    wait: 1h # an hour
  - id: which
    branch:
      # Before the way.
      - if: { trait: plan, eq: pro } # who pays
        then:
          # Before the mail.
          - { id: pro, send: { email: pro } } # hello
# At the end.
`;

const comments = (text: string) => text.match(/#.*/g);

describe("forms", () => {
  it("keep every comment, whatever they change", () => {
    const all = comments(COMMENTED);
    const to = (change: (it: Tree) => string) => comments(change(tree(COMMENTED)));
    expect(to((it) => setValue(it, ["steps", 0, "wait"], "2h"))).toEqual(all);
    expect(to((it) => setValue(it, ["steps", 1, "branch", 0, "if"], { segment: "pros" }))).toEqual(all);
    expect(to((it) => setValue(it, ["steps", 0, "note"], "hm"))).toEqual(all);
    expect(to((it) => appendValue(it, ["steps", 1, "branch"], { if: { tag: "vip" } }))).toEqual(all);
    expect(to((it) => renameKey(it, ["steps", 0], "wait", "note"))).toEqual(all);
    const step = tree(COMMENTED).steps[0];
    if (step) expect(to((it) => renameStep(it, step, "pause", new Set(["rest"])))).toEqual(all);
    const choice = { from: "trait", to: "segment", value: "pros", gone: ["eq"] };
    expect(to((it) => chooseKey(it, ["steps", 1, "branch", 0, "if"], choice))).toEqual(all);
  });

  it("say which id a step had before, if runs know it", () => {
    const [step] = tree(FILE).steps;
    if (!step) throw new Error("no step");
    expect(renameStep(tree(FILE), step, "pause", new Set(["rest"]))).toContain(
      "{ id: pause, wait: 1h, was: rest }",
    );
    expect(renameStep(tree(FILE), step, "pause", new Set())).toContain("{ id: pause, wait: 1h }");
  });

  it("make a list of one and add to it, and move what is in it", () => {
    const one = tree("workflow: w\ntrigger: { event: A }\nsteps: []\n");
    const two = appendValue(one, ["trigger"], { event: "B" });
    expect(tree(two).triggers).toEqual(["A", "B"]);
    expect(tree(moveItem(tree(two), ["trigger"], 1, 0)).triggers).toEqual(["B", "A"]);
  });
});

describe("copying", () => {
  it("takes a step with everything on it to another workflow, under ids that are free there", () => {
    const from = tree(FILE);
    const copied = copySteps(from, from.steps.slice(1, 2));
    const after = pasteSteps(tree(FILE), STEPS, 3, copied);
    expect(after && ids(after).slice(6)).toEqual(["which-2", "pro-2", "plain-2"]);
    const other = tree("workflow: w\ntrigger: { event: E }\nsteps: []\n");
    expect(ids(pasteSteps(other, STEPS, 0, copied) ?? "")).toEqual(["which", "pro", "plain"]);
  });

  it("pastes nothing that is no step", () => {
    expect(pasteSteps(tree(FILE), STEPS, 0, "hello")).toBeUndefined();
    expect(pasteSteps(tree(FILE), STEPS, 0, "- { a: 1 }")).toBeUndefined();
  });

  it("moves all steps of a way at once, but not into themselves", () => {
    const after = moveWay(tree(FILE), ["steps", 1, "branch", 0, "then"], ["steps", 1, "else"], 1);
    expect(ids(after)).toEqual(["rest", "which", "plain", "pro", "bought", "exit"]);
    expect(everyWay(tree(after).steps)[0]?.steps).toEqual([]);
    const inside = moveWay(tree(FILE), ["steps"], ["steps", 1, "else"], 0);
    expect(ids(inside)).toEqual(ids(FILE));
  });
});

describe("going about", () => {
  const { steps } = tree(FILE);

  it("leads down into ways and out of them, up, and to the side", () => {
    expect(neighbour(steps, [], "down")).toEqual(["steps", 0]);
    expect(neighbour(steps, ["steps", 1], "down")).toEqual(["steps", 1, "branch", 0, "then", 0]);
    expect(neighbour(steps, ["steps", 1, "branch", 0, "then", 0], "right")).toEqual(["steps", 1, "else", 0]);
    expect(neighbour(steps, ["steps", 1, "else", 0], "down")).toEqual(["steps", 2]);
    expect(neighbour(steps, ["steps", 1, "else", 0], "up")).toEqual(["steps", 1]);
    expect(neighbour(steps, ["steps", 0], "up")).toEqual([]);
  });

  it("finds steps by what they do, their id and their ways", () => {
    const by = (typed: string) => found(steps, typed, (kind) => kind).map((step) => step.id ?? step.kind);
    expect(by("pro")).toEqual(["which", "pro"]);
    expect(by("ORDER")).toEqual(["bought"]);
    expect(by("wait")).toEqual(["rest", "bought"]);
    expect(by(" ")).toEqual([]);
  });
});

describe("the schema", () => {
  it("says which kinds there are and where steps hang on them", () => {
    expect(KINDS).toContain("webhook");
    const ways = (step: string) =>
      tree(`workflow: w\ntrigger: { event: E }\nsteps:\n  - ${step}\n`).steps[0]?.ways.map((way) =>
        way.path.slice(2),
      );
    expect(ways("{ task: { title: t, for: f, due: 1d, outcomes: { won: [], lost: [] } } }")).toEqual([
      ["task", "outcomes", "won"],
      ["task", "outcomes", "lost"],
      ["on_timeout"],
    ]);
    expect(ways("{ webhook: { url: 'https://example.com' } }")).toEqual([["on_error"]]);
    expect(ways("{ wait_for: { event: E } }")).toEqual([["wait_for", "then"]]);
    expect(ways("{ split: { variants: { a: { weight: 1 } } } }")).toEqual([
      ["split", "variants", "a", "steps"],
    ]);
    expect(ways("{ repeat: { times: 2, steps: [] } }")).toEqual([["repeat", "steps"]]);
    expect(ways("{ wait: 1d }")).toEqual([]);
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
