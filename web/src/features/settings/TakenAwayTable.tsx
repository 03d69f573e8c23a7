import type { ReactNode } from "react";
import { Button } from "../../design/Button";
import { Instant } from "../../design/Instant";

export type Row = {
  id: string;
  name: string;
  /** What stands below the name. */
  more: string;
  may: string;
  since: string;
  isGone: boolean;
};

type Props = {
  head: readonly [string, string, string];
  rows: readonly Row[];
  /** What taking away is called, what it means, and what is said of what is gone. */
  take: string;
  hint: string;
  gone: string;
  isBusy: boolean;
  onTake: (id: string) => void;
};

/** Who or what may do something here, each of which can be taken away. */
export function TakenAwayTable({ head, rows, take, hint, gone, isBusy, onTake }: Props): ReactNode {
  return (
    <div className="scroll">
      <table className="table">
        <thead>
          <tr>
            {head.map((it) => (
              <th key={it} scope="col">
                {it}
              </th>
            ))}
            <th scope="col">
              <span className="visually-hidden">{take}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {rows.map((row) => (
            <tr key={row.id}>
              <td>
                {row.name}
                <div className="small soft">{row.more}</div>
              </td>
              <td>{row.may}</td>
              <td>
                <Instant at={row.since} />
              </td>
              <td>
                {row.isGone ? (
                  <span className="badge">{gone}</span>
                ) : (
                  <Button
                    size="small"
                    look="danger"
                    aria-label={`${take}: ${row.name}`}
                    title={hint}
                    disabled={isBusy}
                    onClick={() => onTake(row.id)}
                  >
                    {take}
                  </Button>
                )}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
