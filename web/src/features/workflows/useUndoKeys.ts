/** Ctrl-Z undoes and Ctrl-Shift-Z does again, wherever the focus is; text fields and dialogs have an undo of their own. */
import { useEffect } from "react";

export function useUndoKeys({
  undo,
  redo,
}: {
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
}): void {
  useEffect(() => {
    const press = (event: KeyboardEvent) => {
      const isElsewhere = (event.target as HTMLElement).closest?.(
        "input, textarea, .cm-editor, [role=dialog]",
      );
      if (isElsewhere || !(event.ctrlKey || event.metaKey) || event.key.toLowerCase() !== "z") return;
      event.preventDefault();
      if (event.shiftKey) redo?.();
      else undo?.();
    };
    window.addEventListener("keydown", press);
    return () => window.removeEventListener("keydown", press);
  }, [undo, redo]);
}
