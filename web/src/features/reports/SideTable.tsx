import { reportsText as words } from "../../text/reports";
import type { Side } from "./sides";
import { shareOf } from "./sums";

type Props = { title: string; lead: string; of: string; n: string; sides: readonly Side[] };

/** Versions or variants side by side: how many, and what share of them reached each goal. */
export function SideTable({ title, lead, of, n, sides }: Props) {
  const goals = [...new Set(sides.flatMap((side) => [...side.goals.keys()]))].sort();
  return (
    <section className="card stack tight">
      <div>
        <h2 className="chart-title">{title}</h2>
        <p className="soft small">{lead}</p>
      </div>
      {sides.length === 0 ? <p className="soft">{words.nothing}</p> : null}
      {sides.length ? (
        <div className="scroll">
          <table className="table small">
            <thead>
              <tr>
                <th scope="col">{of}</th>
                <th scope="col" className="number">
                  {n}
                </th>
                {goals.map((goal) => (
                  <th key={goal} scope="col" className="number">
                    {goal}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {sides.map((side) => (
                <tr key={side.name}>
                  <td>{side.name}</td>
                  <td className="number">{side.n.toLocaleString()}</td>
                  {goals.map((goal) => (
                    <td key={goal} className="number">
                      {(side.goals.get(goal) ?? 0).toLocaleString()}{" "}
                      <span className="soft">({shareOf(side.goals.get(goal) ?? 0, side.n)})</span>
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
    </section>
  );
}
