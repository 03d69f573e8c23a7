import { lazy, Suspense, useState } from "react";
import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";
import { words } from "../../text/flow";

const RunPath = lazy(() => import("../workflows/RunPath"));

/** Where a contact is in a workflow, until when, and on which path they came there. */
export function RunCard({ contact, run }: { contact: string; run: Schemas["RunView"] }) {
  const [isDrawn, setDrawn] = useState(false);
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
      <div>
        <Button size="small" aria-expanded={isDrawn} onClick={() => setDrawn(!isDrawn)}>
          {isDrawn ? words.live.hidePath : words.live.showPath}
        </Button>
      </div>
      {isDrawn ? (
        <Suspense fallback={text.loading}>
          <RunPath
            contact={contact}
            run={run.id}
            workflow={run.workflow}
            version={run.version}
            at={run.step}
          />
        </Suspense>
      ) : null}
    </div>
  );
}
