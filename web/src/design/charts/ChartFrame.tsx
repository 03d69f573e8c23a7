import { type ReactNode, useId, useRef, useState } from "react";
import { chartsText as words } from "../../text/charts";
import { Button } from "../Button";
import { Icon } from "../Icon";
import { downloadCsv, downloadPng } from "./download";
import "./charts.css";

type Props = {
  title: string;
  lead?: string | undefined;
  /** What the files are called. */
  name: string;
  /** The same numbers as a table: what is read out, and what is downloaded. */
  head: readonly string[];
  rows: readonly (string | number)[][];
  isEmpty: boolean;
  /** What stands at the right of the title: a choice of the time, for example. */
  tools?: ReactNode;
  children: ReactNode;
};

/** What is around every chart: its title, the same numbers as a table, and both as files. */
export function ChartFrame({ title, lead, name, head, rows, isEmpty, tools, children }: Props) {
  const id = useId();
  const place = useRef<HTMLDivElement>(null);
  const [isTable, setTable] = useState(false);
  const svg = () => place.current?.querySelector("svg");
  return (
    <section className="card chart-frame" aria-labelledby={id}>
      <div className="chart-head">
        <div>
          <h2 id={id} className="chart-title">
            {title}
          </h2>
          {lead ? <p className="soft small">{lead}</p> : null}
        </div>
        <div className="chart-tools">
          {tools}
          <Button size="small" look="plain" aria-pressed={isTable} onClick={() => setTable(!isTable)}>
            <Icon name={isTable ? "chart" : "table"} /> {isTable ? words.chart : words.table}
          </Button>
          <Button
            size="small"
            look="plain"
            title={words.csvHint}
            aria-label={`${words.csvHint}: ${title}`}
            disabled={isEmpty}
            onClick={() => downloadCsv(name, head, [...rows])}
          >
            <Icon name="download" /> {words.csv}
          </Button>
          <Button
            size="small"
            look="plain"
            title={words.pngHint}
            aria-label={`${words.pngHint}: ${title}`}
            disabled={isEmpty || isTable}
            onClick={() => {
              const picture = svg();
              if (picture) void downloadPng(name, picture);
            }}
          >
            <Icon name="download" /> {words.png}
          </Button>
        </div>
      </div>
      {isEmpty ? <p className="chart-empty soft">{words.nothing}</p> : null}
      {!isEmpty && isTable ? (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard
        <div className="scroll chart-table" tabIndex={0}>
          <table className="table small">
            <thead>
              <tr>
                {head.map((it, place) => (
                  <th key={it} scope="col" className={place ? "number" : undefined}>
                    {it}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((row) => (
                <tr key={String(row[0])}>
                  {row.map((it, place) => (
                    <td key={head[place]} className={place ? "number" : undefined}>
                      {typeof it === "number" ? it.toLocaleString() : it}
                    </td>
                  ))}
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {!isEmpty && !isTable ? <div ref={place}>{children}</div> : null}
    </section>
  );
}
