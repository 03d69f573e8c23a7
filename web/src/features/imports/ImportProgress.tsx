import type { Schemas } from "../../api/client";
import { importsText as words } from "../../text/imports";

const OUTCOMES = ["created", "updated", "unchanged", "skipped", "bad", "set_aside"] as const;

/** How far an import is, what became of its rows, and the report of each of them. */
export function ImportProgress({ view }: { view: Schemas["ImportView"] }) {
  const { progress, file, id } = view;
  const report = `/api/v1/imports/${id}/report?format=csv`;
  return (
    <section className="card stack">
      <progress max={Math.max(1, file.bytes)} value={progress.bytes}>
        {progress.rows}
      </progress>
      <dl className="figures">
        {OUTCOMES.map((outcome) => (
          <div key={outcome} className="figure" data-bad={outcome === "bad" && progress.bad > 0}>
            <dt className="soft small">{words.outcome[outcome]}</dt>
            <dd>
              <strong>{progress[outcome].toLocaleString()}</strong>
            </dd>
          </div>
        ))}
      </dl>
      <div className="row">
        <strong>{words.report}</strong>
        <a className="button small" href={report} download>
          {words.reportAll}
        </a>
        {progress.bad + progress.set_aside > 0 ? (
          <a className="button small" href={`${report}&bad_only=true`} download>
            {words.reportBad}
          </a>
        ) : null}
      </div>
    </section>
  );
}
