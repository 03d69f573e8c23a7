import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";

/** Where a contact is in a workflow, and until when. */
export function RunCard({ run }: { run: Schemas["RunView"] }) {
  return (
    <div className="card stack tight small">
      <div className="row apart">
        <span>
          <Link href={`/workflows/${run.workflow}`}>{run.workflow}</Link>{" "}
          <span className="soft">{text.workflows.version(run.version)}</span>
        </span>
        <Badge look="accent">{run.state}</Badge>
      </div>
      <p>
        <code>{run.step}</code> {run.until ? <Instant at={run.until} /> : null}
      </p>
      <p className="soft">
        <Instant at={run.entered_at} />
        {run.key ? ` · ${run.key}` : ""}
        {Object.entries(run.variants).map(([experiment, variant]) => ` · ${experiment}: ${variant}`)}
      </p>
    </div>
  );
}
