/** Everything by keyboard: from block to block, into one and out of it, moving, copying, removing. */
import type { KeyboardEvent } from "react";
import { type Block, blockAt, blocksOf, type Path } from "./document";
import type { BlockTools } from "./tools";

/** What was copied, for the next paste, also into another template. */
let copied: Block | undefined;

function pathOf(element: HTMLElement): Path | undefined {
  const key = element.dataset.block;
  return key?.split("/").map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

export function useBlockKeys(tools: BlockTools): (event: KeyboardEvent) => void {
  return (event) => {
    const element = event.target as HTMLElement;
    if (event.key === "Escape" && !event.defaultPrevented && element.dataset.block === undefined) {
      element.closest<HTMLElement>("[data-block]")?.focus();
      return;
    }
    const path = pathOf(element);
    if (path && press(tools, event, path, element)) {
      event.preventDefault();
      event.stopPropagation();
    }
  };
}

function press(tools: BlockTools, event: KeyboardEvent, path: Path, element: HTMLElement): boolean {
  const { key } = event;
  const isCommand = event.ctrlKey || event.metaKey;
  if (key === "ArrowUp" || key === "ArrowDown") {
    const by = key === "ArrowUp" ? -1 : 1;
    if (event.altKey) tools.moveBy(path, by);
    else beside(tools, element, by);
    return true;
  }
  if (key === "Enter") {
    // What it says, else what can be done with it.
    const field = element.querySelector<HTMLElement>(".block-body :is(input, textarea)");
    (field ?? element.querySelector<HTMLElement>(".block-tools button"))?.focus();
    return true;
  }
  if (key === "Delete" || key === "Backspace") {
    tools.remove(path);
    return true;
  }
  return isCommand && command(tools, key.toLowerCase(), path);
}

function command(tools: BlockTools, key: string, path: Path): boolean {
  const block = blockAt(tools.document, path);
  switch (key) {
    case "d":
      tools.duplicate(path);
      return true;
    case "c":
    case "x":
      copied = block;
      if (key === "x") tools.remove(path);
      return true;
    case "v":
      if (copied) tools.insert(path.slice(0, -1), Number(path.at(-1)) + 1, copied);
      return true;
    default:
      return false;
  }
}

function beside(tools: BlockTools, element: HTMLElement, by: 1 | -1): void {
  const keys = blocksOf(tools.document).map((path) => path.join("/"));
  const next = keys[keys.indexOf(element.dataset.block ?? "") + by];
  if (next) document.querySelector<HTMLElement>(`[data-block="${next}"]`)?.focus();
}
