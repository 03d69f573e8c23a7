import { importsText as words } from "../../text/imports";
import type { Fault } from "./SettingsForm";

type Row = { row: number; line: number; says?: object; fault?: Fault };

/** What the first rows of a file would become. */
export function RowsPreview({ rows }: { rows: readonly Row[] }) {
  if (rows.length === 0) return null;
  return (
    <section className="card stack tight" aria-labelledby="rows">
      <h2 id="rows">{words.preview}</h2>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <div className="scroll" tabIndex={0}>
        <table className="table small">
          <thead>
            <tr>
              <th scope="col" className="number">
                {words.row}
              </th>
              <th scope="col">{words.says}</th>
            </tr>
          </thead>
          <tbody>
            {rows.map((row) => (
              <tr key={row.row}>
                <td className="number">{row.row}</td>
                <td>
                  {row.fault ? (
                    <>
                      <span className="badge bad">{row.fault.column ?? "!"}</span> {row.fault.reason}{" "}
                      <span className="soft">– {row.fault.fix}</span>
                    </>
                  ) : (
                    <code>{shown(row.says)}</code>
                  )}
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

function shown(says: object | undefined): string {
  return Object.entries(says ?? {})
    .filter(([, value]) => value !== null && (typeof value !== "object" || Object.keys(value).length > 0))
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}
