/** The state of the editor: the document is the file's, what is chosen is ours. */
import { useEffect, useMemo, useRef, useState } from "react";
import { blocksText as words } from "../../text/blocks";
import type { Proposal } from "../forms/tools";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import {
  at,
  type BlockDocument,
  besides,
  documentOf,
  keyOf,
  type Path,
  withInserted,
  withMoved,
  without,
  withValue,
} from "./document";
import { foundByBlock } from "./found";
import type { BlockTools, Dragged } from "./tools";

type Given = {
  file: WorkflowFile;
  path: readonly string[];
  value: unknown;
  proposals: readonly Proposal[];
  onChange: (value: unknown) => void;
};

type Place = { list: Path; place: number };

export function useBlockTools({ file, path, value, proposals, onChange }: Given) {
  const [wanted, setChosen] = useState<Path | undefined>(undefined);
  const [dragged, drag] = useState<Dragged | undefined>(undefined);
  const [adding, setAdding] = useState<Place | undefined>(undefined);
  const [said, say] = useState("");
  const focus = useRef<string | undefined>(undefined);
  const document = useMemo(() => documentOf(value), [value]);
  const chosen = wanted && at(document, wanted) !== undefined ? wanted : undefined;
  const where = path.join("/");
  const found = useMemo(() => {
    const own = file.diagnostics.filter((it) => it.file === file.path);
    return foundByBlock(file.text, where.split("/"), document, own);
  }, [file.diagnostics, file.path, file.text, where, document]);

  // What was moved or added has the focus where it now is.
  useEffect(() => {
    if (focus.current === undefined) return;
    const element = window.document.querySelector<HTMLElement>(`[data-block="${focus.current}"]`);
    if (!element) return;
    element.focus();
    focus.current = undefined;
  });

  const choose = (path: Path | undefined) =>
    setChosen((before) => (before && path && keyOf(before) === keyOf(path) ? before : path));
  const go = (changed: BlockDocument, path: Path | undefined) => {
    onChange(changed);
    choose(path);
    if (path) focus.current = keyOf(path);
  };
  const moveTo = (from: Path, list: Path, place: number) => {
    const moved = withMoved(document, from, list, place);
    if (!moved) return;
    go(moved.document, moved.path);
    const among = at(moved.document, moved.path.slice(0, -1)) as unknown[];
    say(words.moved(Number(moved.path.at(-1)) + 1, among.length));
  };
  const tools: BlockTools = {
    document,
    chosen,
    choose,
    change: onChange,
    set: (path, value) => onChange(withValue(document, path, value)),
    insert: (list, place, block) => go(withInserted(document, list, place, block), [...list, place]),
    remove: (path) => {
      const place = Number(path.at(-1));
      const changed = without(document, path);
      const left = (at(changed, path.slice(0, -1)) as unknown[] | undefined)?.length ?? 0;
      go(changed, left > 0 ? [...path.slice(0, -1), Math.min(place, left - 1)] : undefined);
      say(words.removed);
    },
    duplicate: (path) => {
      const next = Number(path.at(-1)) + 1;
      const list = path.slice(0, -1);
      go(withInserted(document, list, next, at(document, path)), [...list, next]);
    },
    moveBy: (path, by) => {
      const next = besides(document, path, by);
      if (next) moveTo(path, next.list, next.place);
    },
    moveTo,
    add: (list, place) => setAdding({ list, place }),
    dragged,
    drag,
    found,
    proposals,
  };
  return { tools, adding, stopAdding: () => setAdding(undefined), said };
}
