import { words } from "../../../text/flow";
import { type Counted, familyOf } from "./numbers";

/** Who came in, who was refused and why, how runs ended, and which goals they reached. */
export function Totals({ counted }: { counted: Record<string, number> }) {
  const parts: [string, Counted[]][] = [
    [words.live.ended, familyOf(counted, "ended")],
    [words.live.goals, familyOf(counted, "goal")],
    [words.live.refused, familyOf(counted, "refused")],
    [words.live.migrated, familyOf(counted, "migrated")],
  ];
  return (
    <>
      <p className="total">
        <strong>{(counted.entered ?? 0).toLocaleString()}</strong> {words.live.enteredAll}
      </p>
      {parts.map(([title, rows]) =>
        rows.length > 0 ? <Bars key={title} title={title} rows={rows} /> : null,
      )}
    </>
  );
}

function Bars({ title, rows }: { title: string; rows: Counted[] }) {
  const most = Math.max(1, ...rows.map((row) => row.n));
  return (
    <section className="stack tight">
      <h3>{title}</h3>
      <dl className="bars">
        {rows.map((row) => (
          <div key={row.what} className="bar">
            <dt>{row.what.replaceAll("_", " ")}</dt>
            <dd>
              <span style={{ inlineSize: `${(100 * row.n) / most}%` }} /> {row.n.toLocaleString()}
            </dd>
          </div>
        ))}
      </dl>
    </section>
  );
}
