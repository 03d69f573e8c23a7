import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must, Refusal } from "../../api/client";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { CanvasTab } from "./CanvasTab";
import { LifecycleButtons } from "./LifecycleButtons";
import { LiveTab } from "./live/LiveTab";
import { StatusBadge } from "./StatusBadge";
import { useWorkflowStart } from "./useWorkflowFile";
import { VersionsTab } from "./VersionsTab";
import "./workflow.css";

/** How often the numbers are looked at. */
const LOOK_EVERY_MS = 5_000;

/** One workflow: drawn, live, and as it was. */
export default function Workflow({ name, tab }: { name: string; tab: string }) {
  const start = useWorkflowStart(name);
  const view = useQuery({
    queryKey: ["workflow", name],
    queryFn: () =>
      must(api.GET("/api/v1/workflows/{name}", { params: { path: { name } } })).catch((error: unknown) => {
        if (error instanceof Refusal && error.status === 404) return null;
        throw error;
      }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const words = text.workflows;
  const tabs = view.data ? (["canvas", "live", "versions"] as const) : (["canvas"] as const);
  return (
    <div className="workflow-page">
      <div className="row apart">
        <div>
          <p className="small">
            <Link href="/workflows">{words.title}</Link>
          </p>
          <div className="row">
            <h1>{view.data?.title ?? name}</h1>
            {view.data ? (
              <StatusBadge status={view.data.status} />
            ) : (
              <span className="badge">{words.draft}</span>
            )}
            {view.data ? <span className="soft small">{words.version(view.data.newest)}</span> : null}
          </div>
        </div>
        {view.data ? <LifecycleButtons workflow={view.data} /> : null}
      </div>
      <nav className="tabs" aria-label={view.data?.title ?? name}>
        {tabs.map((other) => (
          <Link
            key={other}
            href={`/workflows/${name}${other === "canvas" ? "" : `/${other}`}`}
            aria-current={other === tab ? "page" : undefined}
          >
            {words.tab[other]}
          </Link>
        ))}
      </nav>
      {tab === "live" && view.data ? <LiveTab workflow={view.data} /> : null}
      {tab === "versions" && view.data ? <VersionsTab workflow={view.data} /> : null}
      {tab === "canvas" ? (
        <Loaded query={start}>{(start) => <CanvasTab name={name} start={start} />}</Loaded>
      ) : null}
    </div>
  );
}
