import type { Schemas } from "../../api/client";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import type { Move } from "./PlannedMoves";

/** One thing that a plan changes. */
export type Change = {
  kind: string;
  name: string;
  change: "added" | "changed" | "removed" | "unchanged";
  from_version?: number;
  to_version?: number;
  steps_added?: string[];
  steps_removed?: string[];
  steps_changed?: string[];
  steps_renamed?: [string, string][];
  text_only?: boolean;
  moves?: Move[];
};

export function changesOf(plan: Schemas["Plan"]): Change[] {
  return (plan.changes as unknown as Change[]).filter((change) => change.change !== "unchanged");
}

/** What a plan says: what is wrong, what changes, and whom a backfill lets in. */
export function PlannedChanges({ plan }: { plan: Schemas["Plan"] }) {
  const errors = plan.diagnostics.filter((it) => it.severity === "error");
  const changes = changesOf(plan);
  return (
    <div className="stack tight">
      {errors.length ? (
        <Notice look="bad" title={text.workflows.errors(errors.length)}>
          <ul className="stack tight small">
            {errors.map((it) => (
              <li key={`${it.file}:${it.line}:${it.column}:${it.code}:${it.message}`}>
                <code>
                  {it.file}:{it.line}
                </code>{" "}
                {it.message}
                {it.fix ? <span className="soft"> – {it.fix}</span> : null}
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {changes.length === 0 ? <p>{text.workflows.publishNothing}</p> : null}
      <ul className="planned">
        {changes.map((change) => (
          <ChangeLine key={`${change.kind}/${change.name}`} change={change} />
        ))}
      </ul>
      {plan.backfill?.map((it) => (
        <Notice key={it.workflow} title={words.publish.backfill(it.would_enter, it.looked_at)}>
          {Object.entries(it.refused).map(([why, n]) => (
            <p key={why} className="small">
              {words.publish.refused(n as number, why)}
            </p>
          ))}
        </Notice>
      ))}
    </div>
  );
}

const SIGNS = { added: "+", changed: "~", removed: "−", unchanged: "=" } as const;

/** One change in the words of the plan, its steps as chips. */
function ChangeLine({ change }: { change: Change }) {
  const chips = [
    ...(change.steps_added ?? []).map((step) => ({ look: "good", text: `+ ${step}` })),
    ...(change.steps_changed ?? []).map((step) => ({ look: "warn", text: `~ ${step}` })),
    ...(change.steps_renamed ?? []).map(([from, to]) => ({ look: "warn", text: `${from} → ${to}` })),
    ...(change.steps_removed ?? []).map((step) => ({ look: "bad", text: `− ${step}` })),
  ];
  const { from_version: from, to_version: to } = change;
  return (
    <li className={`planned-change ${change.change}`}>
      <span className="planned-sign" role="img" aria-label={words.publish.changes[change.change]}>
        {SIGNS[change.change]}
      </span>
      <span>
        {change.kind.replaceAll("_", " ")} <strong>{change.name}</strong>
        {to !== undefined && from !== to ? (
          <span className="soft"> {words.publish.versions(from, to)}</span>
        ) : null}
        {change.text_only ? <span className="soft"> {words.publish.textOnly}</span> : null}
      </span>
      {chips.length > 0 ? (
        <span className="row planned-steps">
          {chips.map((chip) => (
            <span key={chip.text} className={`badge ${chip.look}`}>
              {chip.text}
            </span>
          ))}
        </span>
      ) : null}
    </li>
  );
}
