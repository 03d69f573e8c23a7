/** A step on its way from one place of the canvas to another. */
import type { DragEvent } from "react";
import type { Path } from "./tree";

const TYPE = "application/x-wend-step";

export const dragged = {
  begin(event: DragEvent, path: Path): void {
    event.dataTransfer.setData(TYPE, JSON.stringify(path));
    event.dataTransfer.effectAllowed = "move";
  },
  isStep(event: DragEvent): boolean {
    return event.dataTransfer.types.includes(TYPE);
  },
  path(event: DragEvent): Path | undefined {
    const kept = event.dataTransfer.getData(TYPE);
    return kept ? (JSON.parse(kept) as Path) : undefined;
  },
};
