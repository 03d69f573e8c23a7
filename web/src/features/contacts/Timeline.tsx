import { useState } from "react";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { contactsText } from "../../text/contacts";
import { text } from "../../text/en";
import { TimelineEntry } from "./TimelineEntry";
import { useHistory } from "./useHistory";

/** How many entries are drawn at first, and with each "more". */
const ENTRIES_SHOWN = 100;

/** Everything that happened to a contact, newest first, each with what was decided, by which rule, and why. */
export function Timeline({ reference }: { reference: string }) {
  const words = text.contacts;
  const [workflow, setWorkflow] = useState("");
  const [kind, setKind] = useState("");
  const [shown, setShown] = useState(ENTRIES_SHOWN);
  const { why, entries } = useHistory(reference);
  const named = new Set(entries.flatMap((it) => it.decisions.flatMap((one) => one.workflow ?? [])));
  const kinds = new Set(entries.map((it) => it.input.kind));
  const found = entries.filter(
    (it) =>
      (!kind || it.input.kind === kind) &&
      (!workflow || it.decisions.some((one) => one.workflow === workflow)),
  );
  return (
    <section className="stack tight" aria-labelledby="timeline">
      <div className="row apart">
        <h2 id="timeline">{words.timeline}</h2>
        <div className="row">
          <select
            className="input"
            aria-label={contactsText.kind}
            value={kind}
            onChange={(event) => setKind(event.target.value)}
          >
            <option value="">{contactsText.anyKind}</option>
            {[...kinds].sort().map((it) => (
              <option key={it} value={it}>
                {it.replaceAll("_", " ")}
              </option>
            ))}
          </select>
          <select
            className="input"
            aria-label={contactsText.whyWorkflow}
            value={workflow}
            onChange={(event) => setWorkflow(event.target.value)}
          >
            <option value="">{contactsText.anyWorkflow}</option>
            {[...named].sort().map((name) => (
              <option key={name} value={name}>
                {name}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Failure error={why.error} />
      {why.hasNextPage && !why.isFetching ? (
        <div>
          <Button onClick={() => void why.fetchNextPage()}>{words.newer}</Button>
        </div>
      ) : null}
      <ol className="timeline">
        {found.slice(0, shown).map((entry) => (
          <TimelineEntry key={entry.seq} entry={entry} {...(workflow ? { only: workflow } : {})} />
        ))}
      </ol>
      {found.length > shown ? (
        <div>
          <Button onClick={() => setShown(shown + ENTRIES_SHOWN)}>{text.more}</Button>
        </div>
      ) : null}
    </section>
  );
}
