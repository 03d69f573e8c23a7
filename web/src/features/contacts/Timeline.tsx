import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";

/** How often it looks for news. */
const LOOK_EVERY_MS = 5_000;

/** How many inputs are loaded at once, oldest first. */
const PAGE_ROWS = 1_000;

/** Everything that happened to a contact, newest first, each with what was decided, by which rule, and why. */
export function Timeline({ reference }: { reference: string }) {
  const words = text.contacts;
  const [workflow, setWorkflow] = useState("");
  const why = useInfiniteQuery({
    queryKey: ["why", reference],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/contacts/{reference}/why", {
          params: { path: { reference }, query: { after: pageParam, limit: PAGE_ROWS } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  const all = why.data?.pages.flatMap((page) => page.entries) ?? [];
  const named = new Set(all.flatMap((it) => it.decisions.flatMap((one) => one.workflow ?? [])));
  const entries = all
    .filter((it) => !workflow || it.decisions.some((one) => one.workflow === workflow))
    .toReversed();
  return (
    <section className="stack tight" aria-labelledby="timeline">
      <div className="row apart">
        <h2 id="timeline">{words.timeline}</h2>
        <label className="small">
          {words.filter}{" "}
          <select value={workflow} onChange={(event) => setWorkflow(event.target.value)}>
            <option value="">{words.all}</option>
            {[...named].sort().map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Failure error={why.error} />
      {why.hasNextPage ? (
        <div>
          <Button onClick={() => void why.fetchNextPage()}>{words.newer}</Button>
        </div>
      ) : null}
      <ol className="timeline">
        {entries.map((entry) => (
          <li key={entry.seq}>
            <Entry entry={entry} />
          </li>
        ))}
      </ol>
    </section>
  );
}

function Entry({ entry }: { entry: Schemas["Entry"] }) {
  const words = text.contacts;
  const { event } = entry.input;
  return (
    <div className="card stack tight small">
      <div className="row apart">
        <strong>{event ? event.name || event.call : entry.input.kind.replaceAll("_", " ")}</strong>
        <span className="soft">
          <Instant at={entry.at} />
        </span>
      </div>
      {event && Object.keys(event.properties).length > 0 ? (
        <code className="soft">{JSON.stringify(event.properties)}</code>
      ) : null}
      <ul className="stack tight">
        {entry.decisions.map((it, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: decisions of one entry never change places
          <li key={place}>
            <Decision decision={it} label={words.rule} />
          </li>
        ))}
      </ul>
    </div>
  );
}

function Decision({ decision, label }: { decision: Schemas["DecisionView"]; label: string }) {
  const { workflow, step, message } = decision;
  return (
    <span>
      {decision.text}{" "}
      <span className="soft">
        {workflow ? (
          <>
            <Link href={`/workflows/${workflow}`}>{workflow}</Link>
            {step ? ` / ${step}` : ""} ·{" "}
          </>
        ) : null}
        {message ? (
          <>
            <Link href={`/messages/${message}`}>{text.messages.title.slice(0, -1).toLowerCase()}</Link> ·{" "}
          </>
        ) : null}
        {label} {decision.rule}
      </span>
    </span>
  );
}
