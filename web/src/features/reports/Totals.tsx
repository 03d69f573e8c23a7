import type { Schemas } from "../../api/client";
import { reportsText as words } from "../../text/reports";
import { shareOf, totalsOf } from "./sums";

/** What the whole time came to. */
export function Totals({ report }: { report: Schemas["Report"] }) {
  const { entered, messages, engaged, goals, value } = totalsOf(report.workflows);
  const sent = messages.sent ?? 0;
  const figures: [string, string, string | undefined][] = [
    [words.figures.entered, entered.toLocaleString(), undefined],
    [words.figures.sent, sent.toLocaleString(), undefined],
    [
      words.figures.opened,
      (engaged.opened ?? 0).toLocaleString(),
      words.of(shareOf(engaged.opened ?? 0, sent)),
    ],
    [
      words.figures.clicked,
      (engaged.clicked ?? 0).toLocaleString(),
      words.of(shareOf(engaged.clicked ?? 0, sent)),
    ],
    [words.figures.goals, goals.toLocaleString(), undefined],
    [words.figures.value, value.toLocaleString(undefined, { maximumFractionDigits: 2 }), undefined],
  ];
  return (
    <dl className="figures">
      {figures.map(([label, number, more]) => (
        <div key={label} className="figure">
          <dt className="soft small">{label}</dt>
          <dd>
            <strong>{number}</strong>
            {more ? <span className="soft small figure-more">{more}</span> : null}
          </dd>
        </div>
      ))}
    </dl>
  );
}
