import type { Issue } from "./tools";

/** What the server found at a field, in its words. */
export function Issues({ issues, id }: { issues: readonly Issue[]; id?: string }) {
  if (issues.length === 0) return null;
  return (
    <ul className="form-issues" id={id} aria-live="polite">
      {issues.map((it) => (
        <li key={`${it.path.join("/")}:${it.message}`} className={it.isError ? "is-error" : "is-warning"}>
          {it.message}
          {it.fix ? <span className="soft"> {it.fix}</span> : null}
        </li>
      ))}
    </ul>
  );
}
