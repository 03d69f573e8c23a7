import { importsText as words } from "../../text/imports";
import { NAMED, nameOfColumn, readTarget, type Target, TYPED, writeTarget } from "./mapping";

type Seen = { column: string; cells: string[]; n_bad: number };

type Props = {
  columns: readonly string[];
  mapping: Record<string, string>;
  seen: readonly Seen[];
  onChange: (mapping: Record<string, string>) => void;
};

/** How many cells of a column are shown. */
const EXAMPLES_SHOWN = 3;

/** Where each column goes. */
export function MappingTable({ columns, mapping, seen, onChange }: Props) {
  const head = words.column;
  return (
    <div className="scroll">
      <table className="table small">
        <thead>
          <tr>
            <th scope="col">{head.name}</th>
            <th scope="col">{head.example}</th>
            <th scope="col">{head.place}</th>
            <th scope="col">{head.detail}</th>
            <th scope="col">{head.type}</th>
            <th scope="col" className="number">
              {head.bad}
            </th>
          </tr>
        </thead>
        <tbody>
          {columns.map((column) => {
            const target = readTarget(mapping[column] ?? "ignore");
            const found = seen.find((it) => it.column === column);
            const put = (change: Partial<Target>) =>
              onChange({ ...mapping, [column]: writeTarget({ ...target, ...change }) });
            return (
              <tr key={column}>
                <td>
                  <strong>{column}</strong>
                </td>
                <td className="soft import-examples">{found?.cells.slice(0, EXAMPLES_SHOWN).join(" · ")}</td>
                <td>
                  <select
                    className="input"
                    aria-label={`${column}: ${head.place}`}
                    value={target.place in words.places ? target.place : "ignore"}
                    onChange={(event) =>
                      put({ place: event.target.value, name: target.name || nameOfColumn(column) })
                    }
                  >
                    {Object.entries(words.places).map(([place, label]) => (
                      <option key={place} value={place}>
                        {label}
                      </option>
                    ))}
                  </select>
                </td>
                <td>
                  {NAMED.has(target.place) ? (
                    <input
                      className="input"
                      aria-label={`${column}: ${head.detail}`}
                      value={target.name}
                      onChange={(event) => put({ name: event.target.value })}
                    />
                  ) : null}
                </td>
                <td>
                  {TYPED.has(target.place) ? (
                    <select
                      className="input"
                      aria-label={`${column}: ${head.type}`}
                      value={target.type || "text"}
                      onChange={(event) => put({ type: event.target.value })}
                    >
                      {Object.entries(words.types).map(([type, label]) => (
                        <option key={type} value={type}>
                          {label}
                        </option>
                      ))}
                    </select>
                  ) : null}
                </td>
                <td className="number">
                  {found?.n_bad ? <span className="badge bad">{found.n_bad}</span> : null}
                </td>
              </tr>
            );
          })}
        </tbody>
      </table>
    </div>
  );
}
