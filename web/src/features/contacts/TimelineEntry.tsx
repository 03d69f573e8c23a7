import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Icon, type IconName } from "../../design/Icon";
import { Instant } from "../../design/Instant";
import { Sentence } from "../../design/Sentence";
import { contactsText as words } from "../../text/contacts";

const ICONS: Record<string, IconName> = {
  event: "bolt",
  alarm: "clock",
  command: "person",
  news: "mail",
  catalog_changed: "text",
  backfill: "people",
  scheduled: "calendar",
};

/** One thing that came in, with what was decided, by which rule, and why. */
export function TimelineEntry({
  entry,
  only,
}: {
  entry: Schemas["Entry"];
  /** Only decisions of this workflow. */
  only?: string;
}) {
  const { event, news, kind } = entry.input;
  const name = event ? event.name || event.call : titleOf(kind, news);
  const properties = Object.entries((event?.properties ?? {}) as Record<string, unknown>);
  const decisions = entry.decisions.filter((it) => !only || it.workflow === only);
  return (
    <li className="happened" data-kind={kind}>
      <span className="happened-sign">
        <Icon name={ICONS[kind] ?? "bolt"} />
      </span>
      <div className="happened-what">
        <div className="row apart">
          <strong>{name}</strong>
          <span className="soft small">
            <Instant at={entry.at} />
          </span>
        </div>
        {properties.length ? (
          <p className="happened-properties small">
            {properties.map(([key, value]) => (
              <span key={key}>
                <span className="soft">{key}</span>{" "}
                {typeof value === "string" ? value : JSON.stringify(value)}
              </span>
            ))}
          </p>
        ) : null}
        {decisions.length ? (
          <ul className="decisions small">
            {decisions.map((decision, place) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: decisions of one entry never change places
              <li key={place} data-look={LOOKS[decision.decision]}>
                <DecisionLine decision={decision} />
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </li>
  );
}

/** Which decisions stand out, and how. */
const LOOKS: Record<string, string> = {
  entered: "good",
  sent: "good",
  goal_reached: "good",
  blocked: "bad",
  failed: "bad",
  expired: "bad",
  refused: "warn",
  deferred: "warn",
  cancelled: "warn",
  uncertain: "bad",
};

function titleOf(kind: string, news: unknown): string {
  const what = (news as { what?: unknown } | undefined)?.what;
  const words = typeof what === "string" ? `${kind}: ${what}` : kind;
  const plain = words.replaceAll("_", " ");
  return plain.charAt(0).toUpperCase() + plain.slice(1);
}

/** What every sentence about a workflow begins with: here the workflow stands as a link. */
const ABOUT = /^Workflow \S+ version \d+(?:, step \S+)?: /;

function DecisionLine({ decision }: { decision: Schemas["DecisionView"] }) {
  const { workflow, step, message, version, rule } = decision;
  const plain = workflow ? decision.text.replace(ABOUT, "") : decision.text;
  return (
    <>
      <Sentence>{plain.charAt(0).toUpperCase() + plain.slice(1)}</Sentence>{" "}
      <span className="soft">
        {workflow ? (
          <>
            <Link href={`/workflows/${workflow}`}>{workflow}</Link>
            {step ? ` / ${step}` : ""}
            {version ? ` v${version}` : ""} ·{" "}
          </>
        ) : null}
        {message ? (
          <>
            <Link href={`/messages/${message}`}>{words.message}</Link> ·{" "}
          </>
        ) : null}
        <span title={`${words.readRule} ${rule}`}>{words.rule(rule)}</span>
      </span>
    </>
  );
}
