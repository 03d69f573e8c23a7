import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Failure } from "../../design/Failure";
import { contactsText as words } from "../../text/contacts";
import { EntryNow } from "./EntryNow";
import { TimelineEntry } from "./TimelineEntry";
import { useHistory } from "./useHistory";

/** Why a workflow did something for a contact, or why it didn't: in plain words, with the rule and its numbers. */
export function WhyTab({ reference }: { reference: string }) {
  const workflows = useQuery({
    queryKey: ["workflows"],
    queryFn: () => must(api.GET("/api/v1/workflows")),
  });
  const { why, entries } = useHistory(reference);
  const decided = new Map<string, number>();
  for (const entry of entries) {
    for (const { workflow } of entry.decisions) {
      if (workflow) decided.set(workflow, (decided.get(workflow) ?? 0) + 1);
    }
  }
  const all = workflows.data?.workflows ?? [];
  const [chosen, choose] = useState("");
  const workflow = chosen || all.find((it) => decided.has(it.name))?.name || all[0]?.name || "";
  const concerned = entries.filter((it) => it.decisions.some((one) => one.workflow === workflow));
  const decisions = concerned.flatMap((it) => it.decisions.filter((one) => one.workflow === workflow));
  const count = (...kinds: string[]) => decisions.filter((it) => kinds.includes(it.decision)).length;
  const [entered, refused, sent, stopped] = [
    count("entered"),
    count("refused"),
    count("sent"),
    count("blocked", "expired", "failed", "cancelled"),
  ];
  return (
    <section className="stack" aria-labelledby="why">
      <div>
        <h2 id="why">{words.whyTitle}</h2>
        <p className="soft small">{words.whyLead}</p>
      </div>
      <Failure error={why.error ?? workflows.error} />
      <fieldset className="why-workflows">
        <legend className="visually-hidden">{words.whyWorkflow}</legend>
        {all.map((it) => (
          <button
            key={it.name}
            type="button"
            className="why-workflow"
            aria-pressed={it.name === workflow}
            onClick={() => choose(it.name)}
          >
            <span>{it.title}</span>
            <span className="soft small">{decided.get(it.name) ?? 0}</span>
          </button>
        ))}
      </fieldset>
      {workflow ? (
        <div className="stack">
          <EntryNow key={workflow} reference={reference} workflow={workflow} />
          <div className="row">
            {entered ? <Badge look="good">{words.whyEntered(entered)}</Badge> : null}
            {refused ? <Badge look="warn">{words.whyRefused(refused)}</Badge> : null}
            {sent ? <Badge look="good">{words.whySent(sent)}</Badge> : null}
            {stopped ? <Badge look="bad">{words.whyStopped(stopped)}</Badge> : null}
          </div>
          <h3>{words.whyDecided}</h3>
          {why.data && concerned.length === 0 ? <p className="soft">{words.whyNothing}</p> : null}
          <ol className="timeline">
            {concerned.slice(0, 200).map((entry) => (
              <TimelineEntry key={entry.seq} entry={entry} only={workflow} />
            ))}
          </ol>
        </div>
      ) : null}
    </section>
  );
}
