/** Changes of a workflow's text that the canvas makes: comments and everything else stay as they are. */
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  parseDocument,
  YAMLSeq,
} from "yaml";
import { AS_WRITTEN, setAt } from "../../conditions/reconcile";
import { beginningOf, definition } from "../../forms/schema";
import type { Choice } from "../../forms/tools";
import { everyStep, KINDS, type Kind, type Path, type Step, samePath, type Tree } from "./tree";

/** What new steps begin with where the schema's own beginning would say nothing yet. */
const BEGINNINGS: Record<string, unknown> = {
  send: { email: "TEMPLATE" },
  wait: "1d",
  wait_for: [{ event: "Order Completed" }],
  branch: [{ if: { trait: "plan", eq: "pro" } }],
  split: { variants: { a: { weight: 50 }, b: { weight: 50 } } },
  update: { traits: { stage: "contacted" } },
  set: { attempts: { add: 1 } },
  emit: { event: "Something Happened" },
  webhook: { url: "https://example.com/hook" },
  task: { title: "Call {{ contact.first_name }}", for: "sales", due: "2d" },
  enter: { workflow: "WORKFLOW" },
  exit_workflow: "WORKFLOW",
  call: { workflow: "WORKFLOW" },
  exit: true,
  goto: "STEP",
  note: "…",
};

/** The kinds that are written in several lines, because lists of steps or long values hang on them. */
const IN_LINES = new Set(["wait_for", "branch", "split", "repeat", "webhook", "task"]);

/** The kinds that need an id: runs rest or part there. */
const WITH_ID = new Set(["send", "wait", "wait_for", "branch", "split", "webhook", "task", "call"]);

/** A new step of a kind. */
function beginning(tree: Tree, kind: Kind): object {
  const id = freeId(tree, kind);
  if (kind === "repeat") return { repeat: { times: 3, steps: [{ id: freeId(tree, "wait"), wait: "1d" }] } };
  const step = { [kind]: BEGINNINGS[kind] ?? beginningOf(definition("step").properties?.[kind] ?? {}) };
  if (kind === "wait_for") return { id, ...step, timeout: "3d" };
  return WITH_ID.has(kind) ? { id, ...step } : step;
}

/** A step of a kind at a place of a list of steps; answers the new text. */
export function insertStep(tree: Tree, list: Path, place: number, kind: Kind): string {
  const node = copy(tree).createNode(beginning(tree, kind)) as Node;
  if (isMap(node) && !IN_LINES.has(kind)) node.flow = true;
  return insertNodes(tree, list, place, [node]);
}

/** A copy of a step, with ids of its own, right after it. */
export function duplicateStep(tree: Tree, path: Path): string {
  const document = copy(tree);
  const node = document.getIn(path, true) as Node;
  const clone = node.clone() as Node;
  const taken = new Set(everyStep(tree.steps).map((step) => step.id));
  rename(clone, taken);
  return insertNodes(tree, path.slice(0, -1), Number(path.at(-1)) + 1, [clone]);
}

/** The text without a step and all that hangs on it. */
export function removeStep(tree: Tree, path: Path): string {
  const document = copy(tree);
  document.deleteIn(path);
  return document.toString(AS_WRITTEN);
}

/** The text without several steps of one list and all that hangs on them. */
export function removeSteps(tree: Tree, paths: readonly Path[]): string {
  const document = copy(tree);
  const fromTheEnd = paths.toSorted((one, other) => Number(other.at(-1)) - Number(one.at(-1)));
  for (const path of fromTheEnd) document.deleteIn(path);
  return document.toString(AS_WRITTEN);
}

/** The text with several steps that follow each other at another place. */
export function moveSteps(tree: Tree, from: readonly Path[], list: Path, place: number): string {
  const source = from[0]?.slice(0, -1) ?? [];
  return move(
    tree,
    source,
    from.map((path) => Number(path.at(-1))),
    list,
    place,
  );
}

/** The text with a step, and all that hangs on it, at another place; the same text if it would be inside itself. */
export function moveStep(tree: Tree, from: Path, list: Path, place: number): string {
  return move(tree, from.slice(0, -1), [Number(from.at(-1))], list, place);
}

/** The text with all steps of a way at another place. */
export function moveWay(tree: Tree, way: Path, list: Path, place: number): string {
  const steps = tree.document.getIn(way, true);
  if (!isSeq(steps)) return tree.document.toString(AS_WRITTEN);
  return move(tree, way, [...steps.items.keys()], list, place);
}

function move(tree: Tree, source: Path, places: number[], list: Path, place: number): string {
  const isInside = places.some((at) => [...source, at].every((part, index) => list[index] === part));
  const isSameList = samePath(source, list);
  const document = copy(tree);
  const [first = 0, n] = [places[0], places.length];
  if (isInside || n === 0 || !document.getIn([...source, first], true))
    return tree.document.toString(AS_WRITTEN);
  // Both lists are looked up before either changes: paths are right only as long as nothing has moved.
  const [old, seq] = [listAt(document, source), listAt(document, list)];
  const nodes = old.items.slice(first, first + n);
  seq.items.splice(place, 0, ...nodes);
  old.items.splice(isSameList && place <= first ? first + n : first, n);
  return document.toString(AS_WRITTEN);
}

/** Steps as a text that can be pasted into this or another workflow, or into a file. */
export function copySteps(tree: Tree, steps: readonly Step[]): string {
  const document = parseDocument("[]");
  const list = new YAMLSeq();
  list.items = steps.map((step) => (tree.document.getIn(step.path, true) as Node).clone());
  document.contents = list as never;
  return document.toString(AS_WRITTEN);
}

/** The text with copied steps at a place, their ids changed where they are taken; nothing if they are no steps. */
export function pasteSteps(tree: Tree, list: Path, place: number, copied: string): string | undefined {
  const document = parseDocument(copied);
  const { contents } = document;
  const items = isSeq(contents) ? contents.items : isMap(contents) ? [contents] : [];
  const areSteps =
    items.length > 0 && items.every((item) => isMap(item) && KINDS.some((kind) => item.has(kind)));
  if (document.errors.length > 0 || !areSteps) return undefined;
  const taken = new Set(everyStep(tree.steps).map((step) => step.id));
  for (const item of items) rename(item as Node, taken);
  return insertNodes(tree, list, place, items as Node[]);
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
  const isNew = document.getIn(path, true) === undefined;
  setAt(document, path, value);
  const node = document.getIn(path, true);
  // What is new stands in a line.
  if (isNew && isCollection(node)) node.flow = true;
  return document.toString(AS_WRITTEN);
}

/** The text with another id of a step. One that runs know says which it was, so that they find it. */
export function renameStep(
  tree: Tree,
  step: Step,
  id: string | undefined,
  published: ReadonlySet<string>,
): string {
  const document = copy(tree);
  const at = (key: string) => [...step.path, key];
  const was = document.getIn(at("was")) ?? (step.id && published.has(step.id) ? step.id : undefined);
  if (id === undefined) document.deleteIn(at("id"));
  else if (step.id === undefined) addFirst(document, step.path, "id", id);
  else document.setIn(at("id"), id);
  if (was === undefined || was === id) document.deleteIn(at("was"));
  else document.setIn(at("was"), was);
  return document.toString(AS_WRITTEN);
}

function addFirst(document: Document, path: Path, key: string, value: string): void {
  const map = document.getIn(path, true);
  if (isMap(map)) map.items.unshift(document.createPair(key, value) as never);
}

/** The text with another name of a key; it stays where it is. */
export function renameKey(tree: Tree, path: Path, from: string, to: string): string {
  const document = copy(tree);
  const pair = pairOf(document, path, from);
  if (isScalar(pair?.key)) pair.key.value = to;
  return document.toString(AS_WRITTEN);
}

/** The text with a value more in a list; a single value becomes a list of it. */
export function appendValue(tree: Tree, path: Path, value: unknown): string {
  const document = copy(tree);
  const there = document.getIn(path, true) as Node | undefined;
  const added = written(document, value);
  if (isSeq(there)) there.items.push(added);
  else {
    const list = new YAMLSeq();
    list.items = there ? [there, added] : [added];
    document.setIn(path, list);
  }
  return document.toString(AS_WRITTEN);
}

/** The text with an item of a list at another place. */
export function moveItem(tree: Tree, path: Path, from: number, to: number): string {
  const document = copy(tree);
  const list = document.getIn(path, true);
  if (isSeq(list)) list.items.splice(to, 0, ...list.items.splice(from, 1));
  return document.toString(AS_WRITTEN);
}

/** The text with one property in another's place; what hangs on neither is kept as it is. */
export function chooseKey(tree: Tree, path: Path, { from, to, value, gone }: Choice): string {
  const document = copy(tree);
  for (const key of gone) document.deleteIn([...path, key]);
  const pair = from === undefined ? undefined : pairOf(document, path, from);
  if (pair && isScalar(pair.key)) {
    pair.key.value = to;
    if (value !== undefined) pair.value = written(document, value);
  } else document.setIn([...path, to], written(document, value ?? ""));
  return document.toString(AS_WRITTEN);
}

function pairOf(document: Document, path: Path, key: string): Pair | undefined {
  const map = path.length === 0 ? document.contents : document.getIn(path, true);
  return isMap(map) ? map.items.find((it) => isScalar(it.key) && it.key.value === key) : undefined;
}

/** A value as a node; what is small stands in a line. */
function written(document: Document, value: unknown): unknown {
  if (typeof value !== "object" || value === null) return value;
  const node = document.createNode(value);
  node.flow = true;
  return node;
}

function insertNodes(tree: Tree, list: Path, place: number, nodes: Node[]): string {
  const document = copy(tree);
  listAt(document, list).items.splice(place, 0, ...nodes);
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
