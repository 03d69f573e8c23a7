import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";
import { RunCard } from "./RunCard";

/** The workflows that a contact is in, and those whose goals may still be reached. */
export function RunsTab({ contact }: { contact: Schemas["ContactView"] }) {
  const words = text.contacts;
  return (
    <>
      <section className="stack tight" aria-labelledby="runs">
        <h2 id="runs">{words.runs}</h2>
        {contact.runs.length === 0 ? <p className="soft">{words.noRuns}</p> : null}
        {contact.runs.map((run) => (
          <RunCard key={run.id} contact={contact.id} run={run} />
        ))}
      </section>
      {contact.closed_runs.length ? (
        <section className="stack tight" aria-labelledby="closed">
          <h2 id="closed">{words.closed}</h2>
          {contact.closed_runs.map((run) => (
            <div key={run.id} className="card row apart small">
              <span>
                <Link href={`/workflows/${run.workflow}`}>{run.workflow}</Link>{" "}
                <span className="soft">
                  {text.workflows.version(run.version)} · <Instant at={run.entered_at} /> –{" "}
                  <Instant at={run.ended_at} />
                </span>
              </span>
              <Badge>{run.reason}</Badge>
            </div>
          ))}
        </section>
      ) : null}
    </>
  );
}
