import type { ReactNode } from "react";

/** Something that the reader should know; a refusal is read out at once. */
export function Notice({
  look,
  title,
  children,
}: {
  look?: "good" | "warn" | "bad";
  title?: string;
  children?: ReactNode;
}) {
  return (
    <div className={["notice", look].filter(Boolean).join(" ")} role={look === "bad" ? "alert" : "status"}>
      {title ? <strong>{title}</strong> : null}
      {children}
    </div>
  );
}
