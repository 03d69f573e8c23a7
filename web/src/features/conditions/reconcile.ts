/** Changes of a YAML document that keep whatever did not change: comments, order, quotes, the way it is laid out. */
import {
  type Document,
  isCollection,
  isMap,
  isScalar,
  isSeq,
  type Node,
  type Pair,
  type YAMLMap,
  type YAMLSeq,
} from "yaml";

/** How texts are written: lines stay as long as they are. */
export const AS_WRITTEN = { lineWidth: 0, flowCollectionPadding: true } as const;

/** Makes the value at a path mean `value`, touching only what differs. */
export function setAt(document: Document, path: readonly (string | number)[], value: unknown): void {
  if (value === undefined) {
    document.deleteIn(path);
    return;
  }
  const node = document.getIn(path, true) as Node | undefined;
  const next = reconciled(document, node, value);
  if (next !== node) document.setIn(path, next);
}

/** The node itself where it can be kept, changed in place; else a new one. */
function reconciled(document: Document, node: Node | undefined, value: unknown): Node {
  if (node && same(node.toJSON(), value)) return node;
  if (isMap(node) && isPlainObject(value)) return mapped(document, node, value);
  if (isSeq(node) && Array.isArray(value)) return listed(document, node, value);
  if (isScalar(node) && !(typeof value === "object" && value !== null)) {
    // The quotes of before may not suit: they are chosen again.
    if (typeof value !== typeof node.value || node.value === "") delete node.type;
    delete node.source;
    node.value = value;
    return node;
  }
  return created(document, value, node);
}

function created(document: Document, value: unknown, before: Node | undefined): Node {
  const made = document.createNode(value) as Node;
  if (isCollection(made)) lay(made, isCollection(before) ? before.flow === true : undefined);
  if (before) copyComments(before, made);
  return made;
}

/** Small mappings stand in a line, as people write them. */
function lay(node: Node, inLine: boolean | undefined): void {
  if (!isCollection(node)) return;
  const isSmall =
    isMap(node) && !node.items.some((item) => isSeq(item.value) && item.value.items.some(isMap));
  if (inLine || isSmall) {
    node.flow = true;
    return;
  }
  for (const item of node.items) {
    const child = isMap(node) ? (item as Pair).value : item;
    if (isCollection(child)) {
      const holdsMaps = child.items.some((it) => isCollection(isMap(child) ? (it as Pair).value : it));
      if (isSeq(child) && !holdsMaps) child.flow = true;
      else lay(child, undefined);
    }
  }
}

function mapped(document: Document, node: YAMLMap, value: Record<string, unknown>): YAMLMap {
  for (const key of node.items.map((item) => keyOf(item))) if (!(key in value)) node.delete(key);
  for (const [key, part] of Object.entries(value)) {
    const old = node.get(key, true) as Node | undefined;
    const next = reconciled(document, old, part);
    if (next !== old) {
      if (node.flow) inOneLine(next);
      node.set(key, next);
    }
  }
  return node;
}

/** Members that are still there keep their nodes, wherever they stand now. */
function listed(document: Document, node: YAMLSeq, value: unknown[]): YAMLSeq {
  const free = new Set(node.items as Node[]);
  const kept = value.map((part) => {
    const found = [...free].find((it) => same(it.toJSON(), part));
    if (found) free.delete(found);
    return found;
  });
  const places = node.items as Node[];
  node.items = value.map((part, place) => {
    const found = kept[place];
    if (found) return found;
    // What stood at this place and is nowhere else now was changed.
    const old = places[place];
    const next = reconciled(document, old && free.delete(old) ? old : undefined, part);
    if (node.flow) inOneLine(next);
    return next;
  });
  return node;
}

function inOneLine(node: Node): void {
  if (isCollection(node)) node.flow = true;
}

function keyOf(pair: Pair): string {
  return isScalar(pair.key) ? String(pair.key.value) : String(pair.key);
}

function copyComments(from: Node, to: Node): void {
  if (from.commentBefore) to.commentBefore = from.commentBefore;
  if (from.comment) to.comment = from.comment;
}

function isPlainObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** Whether two values of JSON mean the same; the order of a mapping's keys doesn't matter. */
export function same(one: unknown, other: unknown): boolean {
  if (one === other) return true;
  if (Array.isArray(one) && Array.isArray(other)) {
    return one.length === other.length && one.every((part, place) => same(part, other[place]));
  }
  if (!isPlainObject(one) || !isPlainObject(other)) return false;
  const keys = Object.keys(one);
  return (
    keys.length === Object.keys(other).length &&
    keys.every((key) => key in other && same(one[key], other[key]))
  );
}
