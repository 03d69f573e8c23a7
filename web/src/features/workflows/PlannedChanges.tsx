import type { Schemas } from "../../api/client";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";

/** What a plan says: what changes, who waits where and goes where, whom a backfill lets in, and what is wrong. */
export function PlannedChanges({ plan }: { plan: Schemas["Plan"] }) {
  const words = text.workflows;
  const errors = plan.diagnostics.filter((it) => it.severity === "error");
  const changes = plan.changes as Record<string, unknown>[];
  return (
    <div className="stack">
      {errors.length ? (
        <Notice look="bad" title={words.errors(errors.length)}>
          <ul className="stack tight small">
            {errors.map((it) => (
              <li key={`${it.file}:${it.line}:${it.column}:${it.code}`}>
                <code>
                  {it.file}:{it.line}
                </code>{" "}
                {it.message}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {changes.length === 0 ? <p>{words.publishNothing}</p> : null}
      <ul className="stack tight">
        {changes.map((change) => (
          <li key={JSON.stringify(change)} className="card small">
            <ChangeLine change={change} />
          </li>
        ))}
      </ul>
      {plan.waiting.length ? (
        <section className="stack tight">
          <h3>{words.waitingTitle}</h3>
          <div className="scroll">
            <table className="table small">
              <tbody>
                {plan.waiting.map((it) => (
                  <tr key={`${it.workflow}/${it.version}/${it.step}`}>
                    <td>
                      {it.workflow} · {words.version(it.version)} · <code>{it.step}</code>
                    </td>
                    <td className="number">{words.waitingRuns(it.runs)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ) : null}
      {plan.backfill?.map((it) => (
        <Notice
          key={it.workflow}
          title={`${it.workflow}: ${it.would_enter.toLocaleString()} / ${it.looked_at.toLocaleString()}`}
        />
      ))}
    </div>
  );
}

/** One change in the words of the plan. */
function ChangeLine({ change }: { change: Record<string, unknown> }) {
  const { kind, name, change: what, ...rest } = change;
  const more = Object.entries(rest).filter(
    ([, value]) => value !== null && value !== undefined && !isEmpty(value),
  );
  return (
    <dl className="facts">
      <dt>{String(what ?? "")}</dt>
      <dd>
        {String(kind ?? "")} <strong>{String(name ?? "")}</strong>
      </dd>
      {more.map(([key, value]) => (
        <div key={key} className="facts-row">
          <dt>{key.replaceAll("_", " ")}</dt>
          <dd>{typeof value === "object" ? JSON.stringify(value) : String(value)}</dd>
        </div>
      ))}
    </dl>
  );
}

function isEmpty(value: unknown): boolean {
  return Array.isArray(value) && value.length === 0;
}
