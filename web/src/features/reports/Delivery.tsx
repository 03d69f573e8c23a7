import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { reportsText as words } from "../../text/reports";
import { shareOf, totalsOf } from "./sums";

/** From which share on mailboxes begin to distrust a sender. */
const BOUNCES_MAX = 0.02;
const COMPLAINTS_MAX = 0.001;

/** By workflow: what was sent, what wasn't, and whether mailboxes take it well. */
export function Delivery({
  report,
  titles,
}: {
  report: Schemas["Report"];
  titles: ReadonlyMap<string, string>;
}) {
  const head = words.column;
  return (
    <section className="card stack tight" aria-labelledby="delivery">
      <div>
        <h2 id="delivery" className="chart-title">
          {words.delivery}
        </h2>
        <p className="soft small">{words.deliveryLead}</p>
      </div>
      <div className="scroll">
        <table className="table small">
          <thead>
            <tr>
              {Object.entries(head).map(([key, label]) => (
                <th key={key} scope="col" className={key === "workflow" || key === "health" ? "" : "number"}>
                  {label}
                </th>
              ))}
            </tr>
          </thead>
          <tbody>
            {report.workflows.map((it) => {
              const { messages, engaged } = totalsOf([it]);
              const n = (name: string) => messages[name] ?? 0;
              const did = (name: string) => engaged[name] ?? 0;
              const sent = n("sent");
              const bounces = sent > 0 && did("bounced") / sent > BOUNCES_MAX;
              const complaints = sent > 0 && did("complained") / sent > COMPLAINTS_MAX;
              return (
                <tr key={it.workflow}>
                  <td>{titles.get(it.workflow) ?? it.workflow}</td>
                  <td className="number">{sent.toLocaleString()}</td>
                  <td className="number">{(n("blocked") + n("expired")).toLocaleString()}</td>
                  <td className="number">{(n("failed") + n("uncertain")).toLocaleString()}</td>
                  <td className="number">{shareOf(did("opened"), sent)}</td>
                  <td className="number">{shareOf(did("clicked"), sent)}</td>
                  <td className="number">{shareOf(did("bounced"), sent)}</td>
                  <td className="number">{shareOf(did("complained"), sent)}</td>
                  <td>
                    {sent === 0 ? null : bounces || complaints ? (
                      <span title={bounces ? words.bounceHint : words.complaintHint}>
                        <Badge look="bad">{words.watch}</Badge>
                      </span>
                    ) : (
                      <Badge look="good">{words.healthy}</Badge>
                    )}
                  </td>
                </tr>
              );
            })}
          </tbody>
        </table>
      </div>
    </section>
  );
}
