import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../../api/client";
import { Button } from "../../../design/Button";
import { Failure } from "../../../design/Failure";
import { Instant } from "../../../design/Instant";
import { text } from "../../../text/en";
import { words } from "../../../text/flow";
import { familyOf, KindIcon } from "../canvas/KindIcon";
import type { Step } from "../canvas/tree";
import { ActAtStep, type Target } from "./ActAtStep";

type Props = {
  workflow: string;
  version: number;
  step: Step;
  here: number;
  /** How many wait there in each version that has somebody there. */
  hereBy: readonly { version: number; here: number }[];
};
type Run = Schemas["WorkflowRun"];

/** How many are listed at once. */
const PAGE = 20;

/** Who waits at a step, since when and until when, and what can be done about it. */
export function StepPeople({ workflow, version, step, here, hereBy }: Props) {
  const [target, setTarget] = useState<Target | undefined>(undefined);
  const id = step.id ?? "";
  // What is done to all is done in every version.
  const n = hereBy.reduce((sum, it) => sum + it.here, 0);
  const runs = useInfiniteQuery({
    queryKey: ["runs", workflow, version, id],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/workflows/{name}/runs", {
          params: {
            path: { name: workflow },
            query: { step: id, version, limit: PAGE, ...(pageParam ? { after: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const all = runs.data?.pages.flatMap((page) => page.runs) ?? [];
  return (
    <div className="stack">
      <div className="panel-head">
        <span className={`node-tile ${familyOf(step.kind)}`}>
          <KindIcon kind={step.kind} />
        </span>
        <div>
          <h2>{step.summary || id}</h2>
          <p className="soft small">
            {text.workflows.kind[step.kind] ?? step.kind} · <code>{id}</code>
          </p>
        </div>
      </div>
      <p className="total">
        <strong>{here.toLocaleString()}</strong> {words.live.hereNow}
      </p>
      {here > 0 ? (
        <div className="row">
          <Button size="small" onClick={() => setTarget({ what: "skip", run: undefined, n })}>
            {words.live.skipAll}
          </Button>
          <Button size="small" look="danger" onClick={() => setTarget({ what: "end", run: undefined, n })}>
            {words.live.endAll}
          </Button>
        </div>
      ) : null}
      {step.kind === "send" ? (
        <p className="small">
          <Link href={`/messages?workflow=${workflow}&step=${id}`}>{words.live.messages}</Link>
        </p>
      ) : null}
      <Failure error={runs.error} />
      <ul className="step-people">
        {all.map((it) => (
          <Person key={it.run.id} it={it} onAct={(what) => setTarget({ what, run: it, n: 1 })} />
        ))}
      </ul>
      {runs.isFetching ? (
        <p className="soft small" role="status">
          {text.loading}
        </p>
      ) : null}
      {runs.hasNextPage ? (
        <div>
          <Button size="small" onClick={() => void runs.fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      ) : null}
      {target ? (
        <ActAtStep
          workflow={workflow}
          step={id}
          target={target}
          versions={hereBy.map((it) => it.version)}
          onClose={() => setTarget(undefined)}
        />
      ) : null}
    </div>
  );
}

function Person({ it: { contact, run }, onAct }: { it: Run; onAct: (what: Target["what"]) => void }) {
  const name = contact.name ?? contact.user_id ?? contact.id;
  return (
    <li className="person">
      <div>
        <Link href={`/contacts/${encodeURIComponent(contact.id)}`}>{name}</Link>{" "}
        <span className="soft small">{contact.email}</span>
        <p className="soft small">
          {run.state.replaceAll("_", " ")}
          {run.since ? (
            <>
              {" · "}
              {words.live.since} <Instant at={run.since} />
            </>
          ) : null}
          {run.until ? (
            <>
              {" · "}
              {words.live.until} <Instant at={run.until} />
            </>
          ) : null}
          {Object.entries(run.variants).map(([experiment, variant]) => ` · ${experiment}: ${variant}`)}
        </p>
      </div>
      <div className="row">
        <Button size="small" aria-label={words.live.skipOne(name)} onClick={() => onAct("skip")}>
          {words.live.skip}
        </Button>
        <Button size="small" look="danger" aria-label={words.live.endOne(name)} onClick={() => onAct("end")}>
          {words.live.end}
        </Button>
      </div>
    </li>
  );
}
