/** What the server found, at the value concerned instead of at a line. */
import { type Document, isCollection, isMap, isScalar, isSeq, type Node } from "yaml";
import type { Schemas } from "../../api/client";
import type { Issue } from "../forms/tools";
import type { Path } from "./canvas/tree";

/** The deepest value that an offset of the text lies in. */
export function pathAt(document: Document, offset: number): Path {
  const path: (string | number)[] = [];
  let node: unknown = document.contents;
  while (isCollection(node)) {
    const next = inside(node, offset);
    if (!next) break;
    path.push(next.part);
    node = next.node;
  }
  return path;
}

function inside(node: Node, offset: number): { part: string | number; node: unknown } | undefined {
  const holds = (from: Node, to: unknown) => {
    const end = (to as Node | undefined)?.range?.[1] ?? from.range?.[1] ?? 0;
    return (from.range?.[0] ?? 0) <= offset && offset <= Math.max(end, from.range?.[1] ?? 0);
  };
  if (isMap(node)) {
    const pair = node.items.find((it) => isScalar(it.key) && holds(it.key, it.value));
    return pair && isScalar(pair.key) ? { part: String(pair.key.value), node: pair.value } : undefined;
  }
  if (isSeq(node)) {
    const at = node.items.findIndex((it) => holds(it as Node, it));
    return at >= 0 ? { part: at, node: node.items[at] } : undefined;
  }
  return undefined;
}

/** The diagnostics of one file as issues of its values. */
export function issuesOf(document: Document, text: string, found: Schemas["Diagnostic"][]): Issue[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at >= 0; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return found
    .filter((it) => it.severity !== "note")
    .map((it) => ({
      path: pathAt(document, (starts[it.line - 1] ?? 0) + Math.max(0, it.column - 1)),
      isError: it.severity === "error",
      message: it.message,
      fix: it.fix ?? undefined,
    }));
}
