import { Refusal } from "../api/client";
import { text } from "../text/en";
import { Notice } from "./Notice";

/** What the server refused: its words, its hint, and every place in the files that it found. */
export function Failure({ error }: { error: unknown }) {
  if (!error) return null;
  const detail = error instanceof Refusal ? error.detail : {};
  const message = error instanceof Error ? error.message : String(error);
  return (
    <Notice look="bad" title={text.failed}>
      <p>{message}</p>
      {detail.hint ? <p className="soft">{detail.hint}</p> : null}
      {detail.diagnostics?.length ? (
        <ul className="stack tight">
          {detail.diagnostics.map((found) => (
            <li key={`${found.file}:${found.line}:${found.column}:${found.code}`}>
              <code>
                {found.file}:{found.line}:{found.column}
              </code>{" "}
              {found.message}
              {found.fix ? <span className="soft"> – {found.fix}</span> : null}
            </li>
          ))}
        </ul>
      ) : null}
    </Notice>
  );
}
