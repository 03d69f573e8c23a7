/** Changes of a workflow's text that the canvas makes: comments and everything else stay as they are. */
import { type Document, isMap, isSeq, type Node, parseDocument, YAMLSeq } from "yaml";
import { everyStep, type Kind, type Path, type Step, type Tree } from "./tree";

const AS_WRITTEN = { lineWidth: 0, flowCollectionPadding: true } as const;

/** What a new step of a kind begins with. */
const BEGINNINGS: Record<string, (id: string) => object> = {
  send: (id) => ({ id, send: { email: "TEMPLATE" } }),
  wait: (id) => ({ id, wait: "1d" }),
  wait_for: (id) => ({ id, wait_for: [{ event: "Order Completed" }], timeout: "3d" }),
  branch: (id) => ({ id, branch: [{ if: { trait: "plan", eq: "pro" } }] }),
  split: (id) => ({ id, split: { variants: { a: { weight: 50 }, b: { weight: 50 } } } }),
  repeat: (id) => ({ repeat: { times: 3, steps: [{ id, wait: "1d" }] } }),
  update: () => ({ update: { traits: { stage: "contacted" } } }),
  set: () => ({ set: { attempts: { add: 1 } } }),
  emit: () => ({ emit: { event: "Something Happened" } }),
  webhook: (id) => ({ id, webhook: { url: "https://example.com/hook" } }),
  task: (id) => ({ id, task: { title: "Call {{ contact.first_name }}", for: "sales", due: "2d" } }),
  enter: () => ({ enter: { workflow: "WORKFLOW" } }),
  exit_workflow: () => ({ exit_workflow: "WORKFLOW" }),
  call: (id) => ({ id, call: { workflow: "WORKFLOW" } }),
  exit: () => ({ exit: true }),
  goto: () => ({ goto: "STEP" }),
  note: () => ({ note: "…" }),
};

/** The kinds whose steps are written in a line. */
const IN_A_LINE = new Set([
  "send",
  "wait",
  "set",
  "emit",
  "enter",
  "exit_workflow",
  "call",
  "exit",
  "goto",
  "note",
  "update",
]);

/** A step of a kind at a place of a list of steps; answers the new text. */
export function insertStep(tree: Tree, list: Path, place: number, kind: Kind): string {
  const begin = BEGINNINGS[kind];
  const node = copy(tree).createNode(begin ? begin(freeId(tree, kind)) : {}) as Node;
  if (isMap(node) && IN_A_LINE.has(kind)) node.flow = true;
  return insertNode(tree, list, place, node);
}

/** A copy of a step, with ids of its own, right after it. */
export function duplicateStep(tree: Tree, path: Path): string {
  const document = copy(tree);
  const node = document.getIn(path, true) as Node;
  const clone = node.clone() as Node;
  const taken = new Set(everyStep(tree.steps).map((step) => step.id));
  rename(clone, taken);
  return insertNode(tree, path.slice(0, -1), Number(path.at(-1)) + 1, clone);
}

/** The text without a step and all that hangs on it. */
export function removeStep(tree: Tree, path: Path): string {
  const document = copy(tree);
  document.deleteIn(path);
  return document.toString(AS_WRITTEN);
}

/** The text with a step, and all that hangs on it, at another place; the same text if it would be inside itself. */
export function moveStep(tree: Tree, from: Path, list: Path, place: number): string {
  const isInside = from.every((part, at) => list[at] === part);
  const document = copy(tree);
  const node = document.getIn(from, true) as Node | undefined;
  if (isInside || !node) return tree.document.toString(AS_WRITTEN);
  const source = from.slice(0, -1);
  const at = Number(from.at(-1));
  const isSameList = source.length === list.length && source.every((part, index) => part === list[index]);
  // Both lists are looked up before either changes: paths are right only as long as nothing has moved.
  const [old, seq] = [listAt(document, source), listAt(document, list)];
  seq.items.splice(place, 0, node);
  old.items.splice(isSameList && place <= at ? at + 1 : at, 1);
  return document.toString(AS_WRITTEN);
}

/** The text with another text of one step; nothing if that is no YAML. */
export function replaceStep(tree: Tree, path: Path, stepText: string): string | undefined {
  const part = parseDocument(stepText);
  if (part.errors.length > 0 || !isMap(part.contents)) return undefined;
  const document = copy(tree);
  document.setIn(path, part.contents);
  return document.toString(AS_WRITTEN);
}

/** One step as it stands in the file, without what is around it. */
export function textOfStep(tree: Tree, step: Step): string {
  const node = tree.document.getIn(step.path, true) as Node;
  const document = parseDocument("");
  document.contents = node.clone() as never;
  return document.toString(AS_WRITTEN);
}

/** The text with one value of the document changed; `undefined` takes it away. */
export function setValue(tree: Tree, path: Path, value: unknown): string {
  const document = copy(tree);
  if (value === undefined) document.deleteIn(path);
  else document.setIn(path, value);
  return document.toString(AS_WRITTEN);
}

function insertNode(tree: Tree, list: Path, place: number, node: Node): string {
  const document = copy(tree);
  listAt(document, list).items.splice(place, 0, node);
  return document.toString(AS_WRITTEN);
}

/** The list of steps at a path; it is made if it isn't there. */
function listAt(document: Document, path: Path): YAMLSeq {
  const there = document.getIn(path, true);
  if (isSeq(there)) return there;
  const made = new YAMLSeq();
  document.setIn(path, made);
  return made;
}

function copy(tree: Tree): Document {
  return tree.document.clone();
}

/** An id that no step has: the kind, with a number if need be. */
function freeId(tree: Tree, kind: string): string {
  const taken = new Set(everyStep(tree.steps).map((step) => step.id));
  return free(taken, kind.replaceAll("_", "-"));
}

function free(taken: Set<string | undefined>, base: string): string {
  let id = base;
  for (let n = 2; taken.has(id); n += 1) id = `${base}-${n}`;
  taken.add(id);
  return id;
}

/** Gives every step of a copy an id that nobody has. */
function rename(node: Node, taken: Set<string | undefined>): void {
  if (isSeq(node)) {
    for (const item of node.items) rename(item as Node, taken);
  } else if (isMap(node)) {
    const id = node.get("id");
    if (typeof id === "string") node.set("id", free(taken, id.replace(/-\d+$/, "")));
    for (const item of node.items) if (item.value) rename(item.value as Node, taken);
  }
}
