import { words } from "../../text/flow";
import { type Goes, goesOf, typedOf } from "./rollout";

export type Move = { version: number; step: string; action: string; goes: Goes | null; anew?: boolean };

type Props = {
  moves: Move[];
  /** How many rest at a step now. */
  waiting: (version: number, step: string) => number;
  /** The steps of the new version. */
  steps: readonly string[];
  onChoose: (step: string, goes: Goes) => void;
};

/** Where the runs of older versions go, step by step: what must be decided first, then where somebody waits. */
export function PlannedMoves({ moves, waiting, steps, onChoose }: Props) {
  const rows = moves
    .map((move) => ({ ...move, runs: waiting(move.version, move.step) }))
    .filter((row) => row.runs > 0 || !row.goes)
    .sort((one, other) => Number(Boolean(one.goes)) - Number(Boolean(other.goes)) || other.runs - one.runs);
  if (rows.length === 0) return <p className="soft small">{words.publish.nobodyWaits}</p>;
  return (
    <div className="scroll">
      <table className="table small">
        <thead>
          <tr>
            <th scope="col">{words.publish.at}</th>
            <th scope="col" className="number">
              {words.publish.wait}
            </th>
            <th scope="col">{words.publish.go}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={`${row.version}/${row.step}`}>
              <td>
                <code>{row.step}</code>{" "}
                <span className="soft">
                  {row.action} · {words.publish.version(row.version)}
                </span>
              </td>
              <td className="number">{row.runs.toLocaleString()}</td>
              <td>
                <select
                  aria-label={words.publish.goesFrom(row.step)}
                  aria-invalid={!row.goes}
                  value={typedOf(row.goes)}
                  onChange={(event) => onChoose(row.step, goesOf(event.target.value))}
                >
                  {row.goes ? null : <option value="">{words.publish.decide}</option>}
                  {steps.map((step) => (
                    <option key={step} value={`to:${step}`}>
                      {step === row.step ? words.publish.same : words.publish.to(step)}
                    </option>
                  ))}
                  <option value="stay">{words.publish.stay}</option>
                  <option value="exit">{words.publish.exit}</option>
                </select>
                {row.anew ? <span className="soft"> {words.publish.anew}</span> : null}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
