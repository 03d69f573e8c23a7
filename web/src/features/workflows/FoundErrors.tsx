import type { Schemas } from "../../api/client";
import { text } from "../../text/en";

type Found = Schemas["Diagnostic"];
type Props = { found: Found[]; isChecking: boolean; onPick: (it: Found) => void };

/** How many errors there are, and which: each leads to its step. */
export function FoundErrors({ found, isChecking, onPick }: Props) {
  const words = text.workflows;
  const errors = found.filter((it) => it.severity === "error");
  if (errors.length === 0) {
    return (
      <span className="badge good" role="status">
        {isChecking ? words.checking : words.fine}
      </span>
    );
  }
  return (
    <details className="found-errors">
      <summary>
        <span className="badge bad" role="status">
          {isChecking ? words.checking : words.errors(errors.length)}
        </span>
      </summary>
      <ul className="stack tight small">
        {errors.map((it) => (
          <li key={`${it.file}:${it.line}:${it.column}:${it.code}`}>
            <button type="button" className="found" onClick={() => onPick(it)}>
              <code>
                {it.file}:{it.line}
              </code>{" "}
              {it.message}
              {it.fix ? <span className="soft"> – {it.fix}</span> : null}
            </button>
          </li>
        ))}
      </ul>
    </details>
  );
}
