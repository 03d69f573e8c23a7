import type { ReactNode } from "react";

export type BadgeLook = "good" | "warn" | "bad" | "accent";

export function Badge({ look, children }: { look?: BadgeLook | undefined; children: ReactNode }) {
  return <span className={["badge", look].filter(Boolean).join(" ")}>{children}</span>;
}
