/** The order of workflows, as the `priority` in their files. */
import { isMap, parseDocument } from "yaml";
import type { Schemas } from "../../api/client";
import { AS_WRITTEN, setAt } from "../conditions/reconcile";
import { fileOf } from "../workflows/portfolio";

/** What a workflow has that doesn't say. */
export const PRIORITY_UNSAID = 50;

/** How far apart neighbours are put, so that one can be put between them by hand. */
const STEP = 10;

export type Ranked = { name: string; title: string; priority: number };

/** The list with one member at another place. */
export function moved<T>(list: readonly T[], from: number, to: number): T[] {
  const item = list[from];
  if (item === undefined || to < 0 || to >= list.length || from === to) return [...list];
  return list.toSpliced(from, 1).toSpliced(to, 0, item);
}

/**
 * Priorities that give this order. As few as possible change: those that already go down the list stay as they are, and
 * whoever stands wrong among them gets one that lies between its neighbours.
 */
export function renumbered(order: readonly Ranked[]): Ranked[] {
  const stays = longestFalling(order.map((it) => it.priority));
  const next = order.map((it, place) => (stays.has(place) ? it.priority : undefined));
  for (let place = 0; place < next.length; place += 1) {
    if (next[place] !== undefined) continue;
    const above = next[place - 1];
    const below = next.slice(place + 1).find((it) => it !== undefined);
    const n = next.slice(place).findIndex((it) => it !== undefined);
    const room = n === -1 ? next.length - place : n;
    if (above !== undefined && below !== undefined) {
      const gap = Math.floor((above - below) / (room + 1));
      if (gap < 1) return order.map((it, at) => ({ ...it, priority: (order.length - at) * STEP }));
      next[place] = above - gap;
    } else if (above !== undefined) next[place] = above - STEP;
    else if (below !== undefined) next[place] = below + STEP * room;
    else next[place] = PRIORITY_UNSAID;
  }
  return order.map((it, place) => ({ ...it, priority: next[place] ?? it.priority }));
}

/** The places of the longest row of strictly falling numbers. */
function longestFalling(numbers: readonly number[]): Set<number> {
  const best: { length: number; before: number }[] = [];
  numbers.forEach((number, place) => {
    best[place] = { length: 1, before: -1 };
    for (let other = 0; other < place; other += 1) {
      const length = (best[other]?.length ?? 0) + 1;
      if ((numbers[other] ?? 0) > number && length > (best[place]?.length ?? 0)) {
        best[place] = { length, before: other };
      }
    }
  });
  let at = best.reduce((top, it, place) => (it.length > (best[top]?.length ?? 0) ? place : top), 0);
  const kept = new Set<number>();
  while (at >= 0 && best[at]) {
    kept.add(at);
    at = best[at]?.before ?? -1;
  }
  return kept;
}

/** The files with these priorities in them; nothing else of them changes. */
export function withPriorities(
  files: readonly Schemas["SourceFile"][],
  ranked: readonly Ranked[],
): Schemas["SourceFile"][] {
  const texts = new Map(files.map((file) => [file.path, file.text]));
  for (const { name, priority } of ranked) {
    const file = fileOf([...files], name);
    if (!file) continue;
    const document = parseDocument(file.text);
    if (!isMap(document.contents)) continue;
    if ((document.get("priority") ?? PRIORITY_UNSAID) === priority) continue;
    setAt(document, ["priority"], priority);
    texts.set(file.path, document.toString(AS_WRITTEN));
  }
  return files.map((file) => ({ ...file, text: texts.get(file.path) ?? file.text }));
}
