/** What the compiler found, by the block that it concerns. */
import { isCollection, LineCounter, type Node, parseDocument } from "yaml";
import type { Schemas } from "../../api/client";
import { type BlockDocument, blocksOf, keyOf } from "./document";

type Found = Schemas["Diagnostic"];

/** Each finding at the innermost block that it stands in. */
export function foundByBlock(
  text: string,
  path: readonly string[],
  document: BlockDocument,
  found: readonly Found[],
): Map<string, Found[]> {
  const by = new Map<string, Found[]>();
  if (found.length === 0) return by;
  const lines = new LineCounter();
  const parsed = parseDocument(text, { lineCounter: lines });
  const places = blocksOf(document).flatMap((block) => {
    const node = parsed.getIn([...path, ...block], true) as Node | undefined;
    const range = isCollection(node) ? node.range : undefined;
    return range ? [{ key: keyOf(block), from: range[0], to: range[1] }] : [];
  });
  for (const it of found) {
    const at = (lines.lineStarts[it.line - 1] ?? 0) + it.column - 1;
    // Blocks within others come later.
    const place = places.findLast(({ from, to }) => from <= at && at < to);
    if (place) by.set(place.key, [...(by.get(place.key) ?? []), it]);
  }
  return by;
}
