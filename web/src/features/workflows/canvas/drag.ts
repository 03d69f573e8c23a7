/** A step, or all steps of a way, on their way from one place of the canvas to another. */
import type { DragEvent } from "react";
import type { Path } from "./tree";

const TYPE = "application/x-wend-step";

export type Dragged = { step: Path } | { way: Path };

export const dragged = {
  begin(event: DragEvent, what: Dragged): void {
    event.dataTransfer.setData(TYPE, JSON.stringify(what));
    event.dataTransfer.effectAllowed = "move";
  },
  isOurs(event: DragEvent): boolean {
    return event.dataTransfer.types.includes(TYPE);
  },
  what(event: DragEvent): Dragged | undefined {
    const kept = event.dataTransfer.getData(TYPE);
    return kept ? (JSON.parse(kept) as Dragged) : undefined;
  },
};
