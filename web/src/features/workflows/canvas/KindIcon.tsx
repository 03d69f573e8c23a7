import type { Kind } from "./tree";

/** What each kind of step looks like: strokes in a square of 24. */
const STROKES: Record<string, string> = {
  trigger: "M13 3 5 14h6l-1 7 8-11h-6z",
  send: "M3 6h18v12H3zM3 7l9 7 9-7",
  wait: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M12 8v4l3 2",
  wait_for: "M4 12h4M16 12h4M12 4v4M12 16v4M12 9a3 3 0 1 0 0 6 3 3 0 0 0 0-6",
  branch: "M12 3v5M12 8 6 14v7M12 8l6 6v7",
  split: "M4 6h5l6 12h5M4 18h5l2-4M13 10l2-4h5M18 4l2 2-2 2M18 16l2 2-2 2",
  repeat: "M4 11a8 8 0 0 1 14-4M20 13a8 8 0 0 1-14 4M18 3v4h-4M6 21v-4h4",
  update: "M12 11a4 4 0 1 0 0-8 4 4 0 0 0 0 8M4 21c0-4 4-7 8-7M15 20l5-5 1 1-5 5h-1z",
  set: "M8 4c-3 0-1 7-4 8 3 1 1 8 4 8M16 4c3 0 1 7 4 8-3 1-1 8-4 8M10 12h4",
  emit: "M12 12h.01M8 8a6 6 0 0 0 0 8M16 8a6 6 0 0 1 0 8M5 5a10 10 0 0 0 0 14M19 5a10 10 0 0 1 0 14",
  webhook: "M9 17H6a4 4 0 0 1 0-8M15 7h3a4 4 0 0 1 0 8M8 13h8",
  task: "M5 4h14v16H5zM9 10l2 2 4-4M9 16h6",
  enter: "M4 12h11M11 8l4 4-4 4M14 4h6v16h-6",
  exit_workflow: "M10 4H4v16h6M9 12h11M16 8l4 4-4 4",
  call: "M4 8h12l-3-3M20 16H8l3 3",
  exit: "M12 4a8 8 0 1 0 0 16 8 8 0 0 0 0-16M9 9h6v6H9z",
  goto: "M20 5v6a4 4 0 0 1-4 4H5M9 11l-4 4 4 4",
  note: "M5 4h14v11l-5 5H5zM19 15h-5v5M8 9h8M8 13h4",
};

/** The family of a kind, which has a colour. */
export function familyOf(kind: Kind): string {
  if (["send", "task", "webhook"].includes(kind)) return "message";
  if (["wait", "wait_for"].includes(kind)) return "time";
  if (["branch", "split", "repeat", "goto"].includes(kind)) return "logic";
  if (["exit", "exit_workflow"].includes(kind)) return "ending";
  return kind === "note" ? "plain" : "data";
}

export function KindIcon({ kind }: { kind: Kind }) {
  return (
    <svg className="kind-icon" viewBox="0 0 24 24" aria-hidden="true">
      <path d={STROKES[kind] ?? STROKES.note} />
    </svg>
  );
}
