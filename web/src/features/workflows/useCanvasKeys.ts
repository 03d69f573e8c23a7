/** What the keyboard does on the canvas: copy, cut, paste, duplicate, remove, and going from step to step. */
import { useEffect } from "react";
import { copySteps, duplicateStep, pasteSteps, removeStep, removeSteps } from "./canvas/edit";
import { type Path, STEPS, type Step, samePath, type Tree, type Way } from "./canvas/tree";
import { type Direction, neighbour } from "./canvas/walk";

export type Chosen = { path: Path; step: Step | undefined; way: Way | undefined };

type Props = {
  tree: Tree | undefined;
  chosen: Chosen | undefined;
  /** Several steps of one list, the chosen one among them. */
  range: readonly Step[];
  /** Chooses one more step above or below. */
  stretch: (by: 1 | -1) => void;
  change: (text: string) => void;
  /** Chooses a step and brings it into view. */
  go: (path: Path | undefined) => void;
  find: () => void;
};

const DIRECTIONS: Record<string, Direction> = {
  ArrowUp: "up",
  ArrowDown: "down",
  ArrowLeft: "left",
  ArrowRight: "right",
};

/** Text fields, dialogs and lists have keys of their own. */
const ELSEWHERE = "input, textarea, select, .cm-editor, [role=dialog], [role=radiogroup]";

/** Beside the canvas the arrows scroll, and nobody expects to remove a step. */
const BESIDE = ".panel, .tests-pane, .canvas-bar";

function isBeside(event: Event): boolean {
  return Boolean((event.target as HTMLElement | null)?.closest?.(BESIDE));
}

function isElsewhere(event: Event): boolean {
  const target = event.target as HTMLElement | null;
  return Boolean(target?.closest?.(ELSEWHERE));
}

/** Where something pasted goes: on the line that has the focus, else after what is chosen, else at the end. */
function placeFor(tree: Tree, chosen: Chosen | undefined): { list: Path; place: number } {
  const focused = document.activeElement?.getAttribute("data-place");
  if (focused) return JSON.parse(focused) as { list: Path; place: number };
  if (chosen?.way) return { list: chosen.path, place: chosen.way.steps.length };
  if (chosen?.step) return { list: chosen.path.slice(0, -1), place: Number(chosen.path.at(-1)) + 1 };
  return { list: STEPS, place: chosen ? 0 : tree.steps.length };
}

export function useCanvasKeys({ tree, chosen, range, stretch, change, go, find }: Props): void {
  useEffect(() => {
    if (!tree) return;
    const steps = chosen?.step ? range : (chosen?.way?.steps ?? []);
    const remove = () => {
      if (chosen?.step)
        change(
          removeSteps(
            tree,
            range.map((step) => step.path),
          ),
        );
      else if (chosen?.way && steps.length > 0) change(removeStep(tree, chosen.path));
      else return;
      go(undefined);
    };
    const copy = (event: ClipboardEvent) => {
      // Text that is marked somewhere is what is meant to be copied.
      if (isElsewhere(event) || steps.length === 0 || window.getSelection()?.toString()) return;
      event.clipboardData?.setData("text/plain", copySteps(tree, steps));
      event.preventDefault();
      if (event.type === "cut") remove();
    };
    const paste = (event: ClipboardEvent) => {
      const text = event.clipboardData?.getData("text/plain") ?? "";
      if (isElsewhere(event) || !text) return;
      const { list, place } = placeFor(tree, chosen);
      const next = pasteSteps(tree, list, place, text);
      if (next === undefined) return;
      event.preventDefault();
      change(next);
      go([...list, place]);
    };
    const press = (event: KeyboardEvent) => {
      if (isElsewhere(event)) return;
      const isCommand = event.ctrlKey || event.metaKey;
      const direction = DIRECTIONS[event.key];
      if (event.key === "/" && !isCommand) find();
      else if (isCommand && event.key.toLowerCase() === "d" && chosen?.step) {
        const list = chosen.path.slice(0, -1);
        const after = Number((range.at(-1) ?? chosen.step).path.at(-1)) + 1;
        const copied = range.length > 1 ? pasteSteps(tree, list, after, copySteps(tree, range)) : undefined;
        change(copied ?? duplicateStep(tree, chosen.path));
        go([...list, after]);
      } else if ((event.key === "Delete" || event.key === "Backspace") && chosen && !isBeside(event))
        remove();
      else if (event.key === "Escape" && chosen) go(undefined);
      else if (
        event.shiftKey &&
        chosen?.step &&
        (direction === "up" || direction === "down") &&
        !isBeside(event)
      )
        stretch(direction === "up" ? -1 : 1);
      else if (direction && !isCommand && chosen && !isOnPlus() && !isBeside(event)) {
        const next = neighbour(tree.steps, chosen.path, direction);
        if (next && !samePath(next, chosen.path)) go(next);
      } else return;
      event.preventDefault();
    };
    window.addEventListener("copy", copy);
    window.addEventListener("cut", copy);
    window.addEventListener("paste", paste);
    window.addEventListener("keydown", press);
    return () => {
      window.removeEventListener("copy", copy);
      window.removeEventListener("cut", copy);
      window.removeEventListener("paste", paste);
      window.removeEventListener("keydown", press);
    };
  }, [tree, chosen, range, stretch, change, go, find]);
}

function isOnPlus(): boolean {
  return document.activeElement?.hasAttribute("data-place") ?? false;
}
