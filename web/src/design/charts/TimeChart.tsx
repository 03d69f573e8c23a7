import { type KeyboardEvent, type ReactNode, useId, useMemo, useRef, useState } from "react";
import { chartsText as words } from "../../text/charts";
import { ChartFrame } from "./ChartFrame";
import { labelled, ticksTo } from "./scale";
import { useWidth } from "./useWidth";

export type Series = { name: string; values: readonly number[]; color?: string | undefined };

type Props = {
  title: string;
  lead?: string | undefined;
  name: string;
  /** The days, as `2026-11-22`. */
  days: readonly string[];
  series: readonly Series[];
  /** Lines for how things stand, bars for what happened. */
  kind: "lines" | "bars";
  tools?: ReactNode;
};

const HEIGHT = 220;
const PAD = { top: 10, right: 24, bottom: 24, left: 44 };
/** How much room a label of a day takes. */
const LABEL_WIDTH = 70;
const N_COLORS = 6;

const dayName = new Intl.DateTimeFormat(undefined, { month: "short", day: "numeric", timeZone: "UTC" });
const dayFull = new Intl.DateTimeFormat(undefined, { dateStyle: "full", timeZone: "UTC" });
const compact = new Intl.NumberFormat(undefined, { notation: "compact", maximumFractionDigits: 1 });

/** Numbers by day: to hover, to walk through by keyboard, to narrow down, to read as a table, to take away. */
export function TimeChart({ title, lead, name, days, series, kind, tools }: Props) {
  const [hidden, setHidden] = useState<ReadonlySet<string>>(new Set());
  const shown = series.filter((it) => !hidden.has(it.name));
  const total = series.reduce((sum, it) => sum + it.values.reduce((all, n) => all + Math.abs(n), 0), 0);
  return (
    <ChartFrame
      title={title}
      lead={lead}
      name={name}
      head={[words.day, ...series.map((it) => it.name)]}
      rows={days.map((day, at) => [day, ...series.map((it) => it.values[at] ?? 0)])}
      isEmpty={days.length === 0 || total === 0}
      tools={tools}
    >
      <Drawing
        title={title}
        days={days}
        kind={kind}
        series={shown.map((it) => ({ ...it, color: colorOf(series, it) }))}
      />
      {series.length > 1 ? (
        <fieldset className="legend">
          <legend className="visually-hidden">{words.shown}</legend>
          {series.map((it) => (
            <label key={it.name} className="legend-item">
              <input
                type="checkbox"
                checked={!hidden.has(it.name)}
                onChange={(event) => {
                  const next = new Set(hidden);
                  if (event.target.checked) next.delete(it.name);
                  else next.add(it.name);
                  setHidden(next);
                }}
              />
              <span className="legend-sign" style={{ background: colorOf(series, it) }} />
              {it.name}
            </label>
          ))}
        </fieldset>
      ) : null}
    </ChartFrame>
  );
}

function colorOf(all: readonly Series[], one: Series): string {
  return one.color ?? `var(--chart-${(all.findIndex((it) => it.name === one.name) % N_COLORS) + 1})`;
}

function Drawing({ title, days, series, kind }: Pick<Props, "title" | "days" | "kind" | "series">) {
  const place = useRef<HTMLDivElement>(null);
  const width = useWidth(place, 640);
  const id = useId();
  const [at, setAt] = useState<number | undefined>(undefined);
  const inner = Math.max(80, width - PAD.left - PAD.right);
  const band = inner / Math.max(1, days.length);
  const x = (day: number) => PAD.left + (day + 0.5) * band;
  const { ticks, y } = useMemo(() => {
    const sums = days.map((_, day) => heightsOf(series, day, kind));
    const ticks = ticksTo(
      Math.min(0, ...sums.map((it) => it.low)),
      Math.max(0, ...sums.map((it) => it.high)),
    );
    const [first = 0, last = 1] = [ticks[0], ticks.at(-1)];
    const room = HEIGHT - PAD.top - PAD.bottom;
    return { ticks, y: (value: number) => PAD.top + room * (1 - (value - first) / (last - first || 1)) };
  }, [days, series, kind]);
  const walk = (event: KeyboardEvent) => {
    const steps: Record<string, number> = {
      ArrowLeft: -1,
      ArrowRight: 1,
      Home: -days.length,
      End: days.length,
    };
    const step = steps[event.key];
    if (step === undefined) return;
    event.preventDefault();
    setAt(Math.min(days.length - 1, Math.max(0, (at ?? days.length - (step < 0 ? 0 : 1)) + step)));
  };
  return (
    <div className="chart" ref={place}>
      <div
        className="chart-area"
        role="slider"
        tabIndex={0}
        aria-label={`${title}. ${words.keys}`}
        aria-valuemin={0}
        aria-valuemax={Math.max(0, days.length - 1)}
        aria-valuenow={at ?? Math.max(0, days.length - 1)}
        aria-valuetext={textAt(days, series, at ?? days.length - 1)}
        onKeyDown={walk}
        onBlur={() => setAt(undefined)}
        onPointerLeave={() => setAt(undefined)}
        onPointerMove={(event) => {
          const left = event.currentTarget.getBoundingClientRect().left;
          const day = Math.floor((event.clientX - left - PAD.left) / band);
          setAt(day >= 0 && day < days.length ? day : undefined);
        }}
      >
        <svg width={width} height={HEIGHT} viewBox={`0 0 ${width} ${HEIGHT}`} aria-hidden="true">
          {ticks.map((tick) => (
            <g key={tick}>
              <line
                x1={PAD.left}
                x2={width - PAD.right}
                y1={y(tick)}
                y2={y(tick)}
                stroke="var(--line)"
                strokeDasharray={tick === 0 ? undefined : "2 4"}
              />
              <text x={PAD.left - 8} y={y(tick) + 4} textAnchor="end" fill="var(--text-soft)" fontSize="12">
                {compact.format(tick)}
              </text>
            </g>
          ))}
          {labelled(days.length, Math.floor(inner / LABEL_WIDTH)).map((day) => (
            <text
              key={days[day]}
              x={x(day)}
              y={HEIGHT - 6}
              textAnchor="middle"
              fill="var(--text-soft)"
              fontSize="12"
            >
              {dayName.format(new Date(`${days[day]}T00:00:00Z`))}
            </text>
          ))}
          {at !== undefined ? (
            <rect
              x={PAD.left + at * band}
              y={PAD.top}
              width={band}
              height={HEIGHT - PAD.top - PAD.bottom}
              fill="var(--accent-soft)"
              opacity="0.6"
            />
          ) : null}
          {kind === "bars"
            ? days.map((day, place) => (
                <Bars key={day} series={series} day={place} x={x(place)} band={band} y={y} />
              ))
            : series.map((it, place) => <Line key={it.name} series={it} x={x} y={y} id={`${id}-${place}`} />)}
          {at !== undefined && kind === "lines"
            ? series.map((it) => (
                <circle
                  key={it.name}
                  cx={x(at)}
                  cy={y(it.values[at] ?? 0)}
                  r="4"
                  fill={it.color}
                  stroke="var(--surface)"
                  strokeWidth="2"
                />
              ))
            : null}
        </svg>
      </div>
      {at !== undefined ? (
        <div
          className="chart-tip"
          aria-hidden="true"
          style={x(at) > width / 2 ? { right: width - x(at) + 10 } : { left: x(at) + 10 }}
        >
          <strong>{dayFull.format(new Date(`${days[at]}T00:00:00Z`))}</strong>
          {series.map((it) => (
            <span key={it.name} className="chart-tip-line">
              <span className="legend-sign" style={{ background: it.color }} />
              {it.name}
              <b>{(it.values[at] ?? 0).toLocaleString()}</b>
            </span>
          ))}
        </div>
      ) : null}
    </div>
  );
}

function textAt(days: readonly string[], series: readonly Series[], at: number): string {
  const day = days[at];
  if (!day) return "";
  const values = series.map((it) => `${it.name} ${(it.values[at] ?? 0).toLocaleString()}`);
  return `${dayFull.format(new Date(`${day}T00:00:00Z`))}: ${values.join(", ")}`;
}

function heightsOf(series: readonly Series[], day: number, kind: Props["kind"]) {
  const values = series.map((it) => it.values[day] ?? 0);
  if (kind === "lines") return { low: Math.min(0, ...values), high: Math.max(0, ...values) };
  const sum = (keep: (n: number) => boolean) => values.filter(keep).reduce((all, n) => all + n, 0);
  return { low: sum((n) => n < 0), high: sum((n) => n > 0) };
}

/** What happened on a day, one thing on top of the other; what went away stands below the line. */
function Bars({
  series,
  day,
  x,
  band,
  y,
}: {
  series: readonly Series[];
  day: number;
  x: number;
  band: number;
  y: (value: number) => number;
}) {
  const width = Math.max(1, Math.min(28, band * 0.72));
  let [up, down] = [0, 0];
  return (
    <g>
      {series.map((it) => {
        const value = it.values[day] ?? 0;
        if (value === 0) return null;
        const from = value > 0 ? up : down;
        const to = from + value;
        if (value > 0) up = to;
        else down = to;
        const top = y(Math.max(from, to));
        const height = Math.max(1, y(Math.min(from, to)) - top);
        return (
          <rect
            key={it.name}
            x={x - width / 2}
            y={top}
            width={width}
            height={height}
            rx="1.5"
            fill={it.color}
          />
        );
      })}
    </g>
  );
}

function Line({
  series,
  x,
  y,
  id,
}: {
  series: Series;
  x: (day: number) => number;
  y: (value: number) => number;
  id: string;
}) {
  const points = series.values.map((value, day) => `${x(day).toFixed(1)},${y(value).toFixed(1)}`);
  const line = `M${points.join("L")}`;
  const last = series.values.length - 1;
  return (
    <g>
      <defs>
        <linearGradient id={id} x1="0" y1="0" x2="0" y2="1">
          <stop offset="0" stopColor={series.color} stopOpacity="0.22" />
          <stop offset="1" stopColor={series.color} stopOpacity="0" />
        </linearGradient>
      </defs>
      <path d={`${line}L${x(last)},${y(0)}L${x(0)},${y(0)}Z`} fill={`url(#${id})`} />
      <path d={line} fill="none" stroke={series.color} strokeWidth="2" strokeLinejoin="round" />
    </g>
  );
}
