import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Figure } from "../../design/Figure";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";

/** How often the numbers are looked at. */
const LOOK_EVERY_MS = 5_000;

/** How things stand. */
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
  const live = workflows.data?.workflows.filter((workflow) => workflow.status === "live") ?? [];
  const nTasks = Object.values(tasks.data?.open ?? {}).reduce((sum, n) => sum + n, 0);
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <Loaded query={status}>
        {(status) => (
          <>
            <div className="figures">
              <Figure label={words.contacts} value={status.contacts} to="/contacts" />
              <Figure label={words.workflows} value={live.length} to="/workflows" />
              <Figure label={words.inWorkflows} value={live.reduce((sum, it) => sum + it.live, 0)} />
              <Figure
                label={words.outbox}
                value={Object.values(status.outbox).reduce((sum, n) => sum + n, 0)}
                to="/messages"
              />
              <Figure label={words.tasks} value={nTasks} to="/tasks" />
              <Figure label={words.quarantine} value={status.quarantine} />
              <Figure label={words.stuck} value={status.stuck} />
            </div>
            <section className="card stack" aria-labelledby="health">
              <h2 id="health">{words.health}</h2>
              <dl className="facts">
                <dt>{words.database}</dt>
                <dd>
                  <Badge look={status.ready ? "good" : "bad"}>{status.ready ? words.yes : words.no}</Badge>
                </dd>
                <dt>{words.inbox}</dt>
                <dd>{status.inbox.toLocaleString()}</dd>
                <dt>{words.revision}</dt>
                <dd>{status.catalog_revision}</dd>
                <dt>{words.oldest}</dt>
                <dd>{status.oldest_alarm ? <Instant at={status.oldest_alarm} /> : text.none}</dd>
                <dt>{words.version}</dt>
                <dd>{status.version}</dd>
              </dl>
            </section>
          </>
        )}
      </Loaded>
      <section className="stack tight" aria-labelledby="busiest">
        <h2 id="busiest">{words.busiest}</h2>
        {live.length === 0 ? <p className="soft">{words.nothing}</p> : null}
        <ul className="stack tight">
          {live
            .toSorted((one, other) => other.entered - one.entered)
            .slice(0, 10)
            .map((workflow) => (
              <li key={workflow.name} className="card row apart">
                <Link href={`/workflows/${workflow.name}`}>{workflow.title}</Link>
                <span className="soft">
                  {text.workflows.here(workflow.live)} · {text.workflows.column.entered}{" "}
                  {workflow.entered.toLocaleString()}
                </span>
              </li>
            ))}
        </ul>
      </section>
    </div>
  );
}
