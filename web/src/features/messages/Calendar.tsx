import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { parse } from "yaml";
import { api, must, type Schemas } from "../../api/client";
import { IconButton } from "../../design/IconButton";
import { Loaded } from "../../design/Loaded";
import { messagesText } from "../../text/messages";
import { MessageTable } from "./MessageTable";
import { byDay, dayOf, daysAround } from "./planned";
import "./messages.css";

/** How many planned messages are loaded in all, and at once. */
const PLANNED_MAX = 5_000;
const PAGE_ROWS = 1_000;

const monthName = new Intl.DateTimeFormat(undefined, { month: "long", year: "numeric" });
const dayName = new Intl.DateTimeFormat(undefined, { dateStyle: "full" });
const weekday = new Intl.DateTimeFormat(undefined, { weekday: "short" });

/** What is planned, on the days on which it is to go, in the reader's time. */
export default function Calendar() {
  const words = messagesText.calendar;
  const [now] = useState(() => new Date());
  const [month, setMonth] = useState({ year: now.getFullYear(), month: now.getMonth() });
  const [chosen, choose] = useState(dayOf(now));
  const planned = useQuery({ queryKey: ["planned"], queryFn: allPlanned });
  const go = (by: number) => {
    const next = new Date(month.year, month.month + by, 1);
    setMonth({ year: next.getFullYear(), month: next.getMonth() });
  };
  const days = daysAround(month.year, month.month);
  return (
    <div className="stack">
      <div className="row apart">
        <div>
          <h2>{words.title}</h2>
          <p className="soft">{words.lead}</p>
        </div>
        <div className="row">
          <IconButton icon="up" label={words.before} onClick={() => go(-1)} />
          <strong className="calendar-month">{monthName.format(new Date(month.year, month.month, 1))}</strong>
          <IconButton icon="down" label={words.after} onClick={() => go(1)} />
        </div>
      </div>
      <Loaded query={planned}>
        {(messages) => {
          const found = byDay(messages);
          const most = Math.max(1, ...[...found.values()].map((it) => it.length));
          const here = found.get(chosen) ?? [];
          return (
            <>
              {messages.length >= PLANNED_MAX ? (
                <p className="soft small">{words.bounded(PLANNED_MAX.toLocaleString())}</p>
              ) : null}
              <div className="calendar">
                {days.slice(0, 7).map((day) => (
                  <span key={day.getDay()} className="calendar-weekday soft small" aria-hidden="true">
                    {weekday.format(day)}
                  </span>
                ))}
                {days.map((date) => {
                  const day = dayOf(date);
                  const n = found.get(day)?.length ?? 0;
                  return (
                    <button
                      key={day}
                      type="button"
                      className="calendar-day"
                      data-other={date.getMonth() !== month.month}
                      data-today={day === dayOf(now)}
                      aria-pressed={day === chosen}
                      aria-label={words.on(dayName.format(date), n)}
                      onClick={() => choose(day)}
                    >
                      <span className="calendar-date">{date.getDate()}</span>
                      {n ? (
                        <>
                          <b>{n.toLocaleString()}</b>
                          <span className="calendar-bar" style={{ width: `${(100 * n) / most}%` }} />
                        </>
                      ) : null}
                    </button>
                  );
                })}
              </div>
              <section className="stack tight" aria-labelledby="on-day">
                <h3 id="on-day">{words.on(dayName.format(new Date(`${chosen}T12:00:00`)), here.length)}</h3>
                {here.length ? (
                  <MessageTable messages={here.slice(0, 200)} />
                ) : (
                  <p className="soft">{words.none}</p>
                )}
              </section>
            </>
          );
        }}
      </Loaded>
      <Schedules />
    </div>
  );
}

/** The planned and the held messages, up to a bound. */
async function allPlanned(): Promise<Schemas["MessageView"][]> {
  const all: Schemas["MessageView"][] = [];
  for (const state of ["scheduled", "held"]) {
    let before: string | undefined;
    do {
      const query = { state, limit: PAGE_ROWS, ...(before ? { before } : {}) };
      const page = await must(api.GET("/api/v1/messages", { params: { query } }));
      all.push(...page.messages);
      before = page.next ?? undefined;
    } while (before && all.length < PLANNED_MAX);
  }
  return all;
}

/** The workflows that begin at set times or on dates, with the rule as it stands in their files. */
function Schedules() {
  const words = messagesText.calendar;
  const portfolio = useQuery({ queryKey: ["portfolio"], queryFn: () => must(api.GET("/api/v1/portfolio")) });
  const found = (portfolio.data?.files ?? []).flatMap((file) => {
    if (!file.path.startsWith("workflows/")) return [];
    const content = read(file.text);
    const triggers = [content?.trigger ?? []].flat() as Record<string, unknown>[];
    return triggers
      .filter((it) => it && ("schedule" in it || "date" in it))
      .map((it) => ({
        name: String(content?.workflow),
        title: String(content?.title ?? content?.workflow),
        trigger: it,
      }));
  });
  if (!portfolio.data) return null;
  return (
    <section className="stack tight" aria-labelledby="schedules">
      <h2 id="schedules">{words.schedules}</h2>
      {found.length === 0 ? <p className="soft">{words.noSchedules}</p> : null}
      <ul className="stack tight">
        {found.map(({ name, title, trigger }) => (
          <li key={`${name}:${JSON.stringify(trigger)}`} className="card row apart small">
            <Link href={`/workflows/${name}`}>{title}</Link>
            <span className="soft">
              {Object.entries(trigger).map(([key, value]) => `${key}: ${String(value)} `)}
            </span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function read(source: string): Record<string, unknown> | undefined {
  try {
    return parse(source) as Record<string, unknown>;
  } catch {
    return undefined;
  }
}
