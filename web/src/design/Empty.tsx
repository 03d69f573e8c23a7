import type { ReactNode } from "react";

/** Where there is nothing yet: what would be here, and how to get it. */
export function Empty({ title, hint, children }: { title: string; hint?: string; children?: ReactNode }) {
  return (
    <div className="empty">
      <h2>{title}</h2>
      {hint ? <p>{hint}</p> : null}
      {children}
    </div>
  );
}
