import type { Schemas } from "../../api/client";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";

/** What the compiler found, each with its place and how to mend it; nothing if there is nothing. */
export function Findings({ found }: { found: readonly Schemas["Diagnostic"][] }) {
  if (found.length === 0) return null;
  return (
    <Notice look="bad" title={text.workflows.errors(found.length)}>
      <ul className="stack tight small">
        {found.map((it) => (
          <li key={`${it.file}:${it.line}:${it.column}:${it.code}`}>
            <code>
              {it.file}:{it.line}
            </code>{" "}
            {it.message}
            {it.fix ? <span className="soft"> – {it.fix}</span> : null}
          </li>
        ))}
      </ul>
    </Notice>
  );
}
