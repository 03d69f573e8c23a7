import { useRef } from "react";
import { ChartFrame } from "./ChartFrame";
import { useWidth } from "./useWidth";

export type Bar = { name: string; value: number; note?: string | undefined };

type Props = {
  title: string;
  lead?: string;
  name: string;
  /** What the bars are, and what they count. */
  head: readonly [string, string];
  bars: readonly Bar[];
};

const ROW = 30;
const LABEL = 190;
const NUMBER = 76;
/** The least width: below it the chart scrolls. */
const WIDTH_MIN = 480;

/** Numbers side by side, as bars that begin at the same line. */
export function BarList({ title, lead, name, head, bars }: Props) {
  return (
    <ChartFrame
      title={title}
      lead={lead}
      name={name}
      head={head}
      rows={bars.map((it) => [it.name, it.value])}
      isEmpty={bars.every((it) => it.value === 0)}
    >
      <Drawing title={title} bars={bars} />
    </ChartFrame>
  );
}

function Drawing({ title, bars }: Pick<Props, "title" | "bars">) {
  const place = useRef<HTMLElement>(null);
  const width = Math.max(WIDTH_MIN, useWidth(place, 760));
  const most = Math.max(1, ...bars.map((it) => it.value));
  const room = width - LABEL - NUMBER;
  return (
    <>
      {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
      <section className="bars" ref={place} tabIndex={0} aria-label={title}>
        <svg
          viewBox={`0 0 ${width} ${bars.length * ROW}`}
          width={width}
          height={bars.length * ROW}
          role="img"
          aria-label={bars.map((it) => `${it.name}: ${it.value.toLocaleString()}`).join(", ")}
        >
          {bars.map((it, place) => {
            const y = place * ROW;
            const barWidth = Math.max(it.value ? 2 : 0, (room * it.value) / most);
            const isLong = barWidth > room - 150;
            return (
              <g key={it.name}>
                <title>{`${it.name}: ${it.value.toLocaleString()}${it.note ? ` · ${it.note}` : ""}`}</title>
                <text x={LABEL - 10} y={y + 20} textAnchor="end" fontSize="13" fill="var(--text)">
                  {it.name.length > 26 ? `${it.name.slice(0, 25)}…` : it.name}
                </text>
                <rect
                  x={LABEL}
                  y={y + 5}
                  width={room}
                  height={ROW - 10}
                  rx="4"
                  fill="var(--surface-sunken)"
                />
                <rect x={LABEL} y={y + 5} width={barWidth} height={ROW - 10} rx="4" fill="var(--chart-1)" />
                <text x={width} y={y + 20} textAnchor="end" fontSize="13" fontWeight="600" fill="var(--text)">
                  {it.value.toLocaleString()}
                </text>
                {it.note ? (
                  <text
                    x={LABEL + barWidth + (isLong ? -8 : 8)}
                    y={y + 20}
                    fontSize="12"
                    textAnchor={isLong ? "end" : "start"}
                    fill={isLong ? "var(--on-accent)" : "var(--text-soft)"}
                  >
                    {it.note}
                  </text>
                ) : null}
              </g>
            );
          })}
        </svg>
      </section>
    </>
  );
}
