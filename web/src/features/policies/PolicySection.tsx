import { type ReactNode, useId } from "react";

/** A part of the policies: what it is called, what it means, and its form. */
export function PolicySection({
  title,
  lead,
  children,
}: {
  title: string;
  lead?: string;
  children: ReactNode;
}) {
  const id = useId();
  return (
    <section className="card stack tight policy-section" aria-labelledby={id}>
      <div>
        <h2 id={id}>{title}</h2>
        {lead ? <p className="soft small">{lead}</p> : null}
      </div>
      {children}
    </section>
  );
}
