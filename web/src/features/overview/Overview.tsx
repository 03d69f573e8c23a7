import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Figure } from "../../design/Figure";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { reportsText } from "../../text/reports";
import { systemText } from "../../text/system";
import { EnteredChart } from "../reports/EnteredChart";
import { MessagesChart } from "../reports/MessagesChart";
import { useReport } from "../reports/useReport";
import "../reports/reports.css";
import "./overview.css";

/** How often the numbers are looked at. */
const LOOK_EVERY_MS = 5_000;

/** How many days the charts show. */
const DAYS = 30;

/** How things stand: what is live, what the last month brought, and whether anything needs somebody. */
export default function Overview() {
  const words = text.overview;
  const status = useQuery({
    queryKey: ["status"],
    queryFn: () => must(api.GET("/api/v1/status")),
    refetchInterval: LOOK_EVERY_MS,
  });
  const workflows = useQuery({ queryKey: ["workflows"], queryFn: () => must(api.GET("/api/v1/workflows")) });
  const tasks = useQuery({
    queryKey: ["tasks", "open"],
    queryFn: () => must(api.GET("/api/v1/tasks", { params: { query: { limit: 1 } } })),
  });
  const report = useReport(DAYS);
  const live = workflows.data?.workflows.filter((workflow) => workflow.status === "live") ?? [];
  const titles = new Map((workflows.data?.workflows ?? []).map((it) => [it.name, it.title]));
  const nTasks = Object.values(tasks.data?.open ?? {}).reduce((sum, n) => sum + n, 0);
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        {status.data ? <Health status={status.data} /> : null}
      </div>
      <Loaded query={status}>
        {(status) => (
          <div className="figures">
            <Figure label={words.contacts} value={status.contacts} to="/contacts" />
            <Figure label={words.workflows} value={live.length} to="/workflows" />
            <Figure label={words.inWorkflows} value={live.reduce((sum, it) => sum + it.live, 0)} />
            <Figure
              label={words.outbox}
              value={Object.values(status.outbox).reduce((sum, n) => sum + n, 0)}
              to="/messages?are=outbox"
            />
            <Figure label={words.tasks} value={nTasks} to="/tasks" />
          </div>
        )}
      </Loaded>
      {report.data?.workflows.length ? (
        <>
          <div className="reports">
            <EnteredChart report={report.data} titles={titles} />
            <MessagesChart report={report.data} />
          </div>
          <p>
            <Link href="/reports">{reportsText.more}</Link>
          </p>
        </>
      ) : null}
      <section className="stack tight" aria-labelledby="busiest">
        <h2 id="busiest">{words.busiest}</h2>
        {live.length === 0 ? (
          <p className="soft">
            {words.nothing} <Link href="/start">{text.nav.start}</Link>
          </p>
        ) : null}
        <ul className="busiest">
          {live
            .toSorted((one, other) => other.entered - one.entered)
            .slice(0, 10)
            .map((workflow) => (
              <li key={workflow.name} className="busy">
                <Link href={`/workflows/${workflow.name}`} className="busy-name">
                  {workflow.title}
                </Link>
                <span className="soft small">{text.workflows.here(workflow.live)}</span>
                <span className="soft small">
                  {text.workflows.column.entered} {workflow.entered.toLocaleString()}
                </span>
              </li>
            ))}
        </ul>
      </section>
    </div>
  );
}

/** Whether everything runs, and what needs somebody. */
function Health({ status }: { status: Schemas["Status"] }) {
  const words = text.overview;
  return (
    <div className="row">
      {status.quarantine ? (
        <Link href="/system/quarantine" className="badge warn">
          {words.quarantine}: {status.quarantine.toLocaleString()}
        </Link>
      ) : null}
      {status.stuck ? (
        <Link href="/system/stuck" className="badge bad">
          {words.stuck}: {status.stuck.toLocaleString()}
        </Link>
      ) : null}
      <Link href="/system">
        <Badge look={status.ready ? "good" : "bad"}>
          {status.ready ? systemText.ready : systemText.notReady}
        </Badge>
      </Link>
    </div>
  );
}
