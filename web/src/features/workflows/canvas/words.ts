/** Steps, ways and conditions in a line each, as the canvas says them. The file's own text stands beside. */
import { words } from "../../../text/flow";

/** The longest line, in characters. */
const LINE_MAX = 80;

type Map = Record<string, unknown>;

const isMap = (value: unknown): value is Map =>
  typeof value === "object" && value !== null && !Array.isArray(value);

/** A value in a line. */
export function brief(value: unknown): string {
  return short(plain(value));
}

function short(line: string): string {
  return line.length > LINE_MAX ? `${line.slice(0, LINE_MAX - 1)}…` : line;
}

function plain(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(plain).join(", ");
  if (isMap(value)) {
    return Object.entries(value)
      .filter(([key]) => key !== "then" && key !== "steps")
      .map(([key, inner]) => `${key} ${isMap(inner) ? `(${plain(inner)})` : plain(inner)}`)
      .join(", ");
  }
  return String(value);
}

/** A condition of the file format. */
export function conditionText(value: unknown): string {
  return short(condition(value));
}

const SIGNS: Record<string, string> = {
  eq: "=",
  ne: "≠",
  gt: ">",
  gte: "≥",
  lt: "<",
  lte: "≤",
  in: "in",
  not_in: "not in",
};

function tests(value: Map, but: readonly string[]): string {
  return Object.entries(value)
    .filter(([key]) => !but.includes(key))
    .map(([key, of]) => {
      if (key === "exists") return of ? words.canvas.isThere : words.canvas.isMissing;
      const shown = isMap(of) ? `(${plain(of)})` : plain(of);
      return `${SIGNS[key] ?? key.replaceAll("_", " ")} ${shown}`;
    })
    .join(` ${words.canvas.and} `);
}

function condition(value: unknown): string {
  if (!isMap(value)) return plain(value);
  for (const [key, joint] of [
    ["all", words.canvas.and],
    ["any", words.canvas.or],
  ] as const) {
    const parts = value[key];
    if (Array.isArray(parts)) {
      const texts = parts.map((part) =>
        isMap(part) && ("all" in part || "any" in part) ? `(${condition(part)})` : condition(part),
      );
      return texts.join(` ${joint} `);
    }
  }
  if ("not" in value) return words.canvas.not(condition(value.not));
  for (const key of ["trait", "trigger", "run"]) {
    const prefix = key === "trait" ? "" : `${key}.`;
    if (key in value) return `${prefix}${plain(value[key])} ${tests(value, [key])}`;
  }
  if ("event" in value) return eventText(value);
  if ("segment" in value) return words.canvas.inSegment(plain(value.segment));
  if ("list" in value) return words.canvas.onList(plain(value.list));
  if ("tag" in value) return words.canvas.tagged(plain(value.tag));
  if ("share" in value) return words.canvas.share(plain(value.share));
  return plain(value);
}

function eventText(value: Map): string {
  const { event, count, never, within, where } = value;
  const times = never ? words.canvas.never : isMap(count) ? `${tests(count, [])}×` : "";
  const since = within ? words.canvas.within(plain(within)) : "";
  const which = isMap(where) ? `(${whereText(where)})` : "";
  return [never ? times : "", words.canvas.did(plain(event)), which, never ? "" : times, since]
    .filter(Boolean)
    .join(" ");
}

function whereText(where: Map): string {
  return Object.entries(where)
    .map(([name, of]) => `${name} ${isMap(of) ? tests(of, []) : `= ${plain(of)}`}`)
    .join(", ");
}

/** Something that arrives. */
function arrivalText(value: unknown): string {
  if (!isMap(value)) return plain(value);
  if ("if" in value) return conditionText(value.if);
  const { event, message, reply, is, where } = value;
  if (event) return short(`${plain(event)}${isMap(where) ? ` (${whereText(where)})` : ""}`);
  if (reply) return words.canvas.replyTo(plain(reply));
  if (message) return `${plain(message)} ${plain(is)}`;
  return brief(value);
}

/** What lets contacts in. */
export function triggerText(value: unknown): string {
  if (!isMap(value)) return plain(value);
  const [key = "", ...rest] = Object.keys(value);
  if (key === "event") return arrivalText(value);
  if (value[key] === true) return key;
  const name = `${key.replaceAll("_", " ")}: ${plain(value[key])}`;
  const more = Object.fromEntries(rest.map((it) => [it, value[it]]));
  return short([name, plain(more)].filter(Boolean).join(", "));
}

/** What a step does. */
export function summaryOf(kind: string, value: unknown): string {
  switch (kind) {
    case "send": {
      if (!isMap(value)) return brief(value);
      const options = ["category", "priority", "expires", "on_blocked"];
      const channels = Object.keys(value).filter((key) => !options.includes(key));
      return channels.map((channel) => `${plain(value[channel])} · ${channel}`).join(", ");
    }
    case "wait":
      return isMap(value) ? waitText(value) : plain(value);
    case "wait_for":
      return short((Array.isArray(value) ? value : [value]).map(arrivalText).join(` ${words.canvas.or} `));
    case "branch":
      return words.canvas.ways(Array.isArray(value) ? value.length + 1 : 1);
    case "split": {
      const variants = isMap(value) && isMap(value.variants) ? Object.keys(value.variants) : [];
      return variants.join(" / ");
    }
    case "repeat":
      return isMap(value)
        ? `${words.canvas.times(plain(value.times))}${value.until ? `, ${words.canvas.until} ${conditionText(value.until)}` : ""}`
        : "";
    case "task":
      return isMap(value) ? short(`${plain(value.title)} → ${plain(value.for)}`) : "";
    case "webhook":
      return isMap(value)
        ? short(`${plain(value.method ?? "POST")} ${plain(value.url).replace(/^https?:\/\//, "")}`)
        : "";
    case "emit":
      return isMap(value) ? plain(value.event) : plain(value);
    case "enter":
    case "call":
      return isMap(value) ? plain(value.workflow) : plain(value);
    case "exit":
      return value === true ? "" : isMap(value) ? brief(value) : plain(value);
    case "update":
      return isMap(value) ? short(Object.values(value).map(plain).join("; ")) : brief(value);
    default:
      return brief(value);
  }
}

function waitText(value: Map): string {
  const { until, date, weekday, window, best_time, after, at, offset } = value;
  const later = [after ? words.canvas.after(plain(after)) : "", at ? words.canvas.at(plain(at)) : ""];
  const what = until
    ? words.canvas.untilTime(plain(until))
    : date
      ? `${offset ? `${plain(offset)} ` : ""}${words.canvas.untilDate(plain(date))}`
      : weekday
        ? plain(weekday)
        : window
          ? `${words.canvas.window} ${plain(window)}`
          : best_time
            ? words.canvas.bestTime
            : plain(value);
  return short([what, ...later].filter(Boolean).join(" "));
}

/**
 * What a way is called: `key` is what holds it in the file (a place in a list, a name that somebody chose, or a key of
 * the step), and `of` the object that it stands in.
 */
export function wayText(
  kind: string,
  key: string | number | undefined,
  step: Map,
  of: Map | undefined,
): string {
  if (key === "on_timeout")
    return step.timeout ? words.canvas.afterTime(plain(step.timeout)) : words.canvas.overdue;
  if (key === "on_error") return words.canvas.failed;
  if (key === "else") return words.canvas.otherwise;
  switch (kind) {
    case "branch":
      return conditionText(of?.if);
    case "wait_for":
      return arrivalText(of);
    case "split":
      return `${key} · ${share(step, of)}`;
    case "repeat":
      return words.canvas.eachRound;
    default:
      return String(key ?? "");
  }
}

/** A variant's share of all weights, in percent. */
function share(step: Map, of: Map | undefined): string {
  const variants = isMap(step.split) && isMap(step.split.variants) ? Object.values(step.split.variants) : [];
  const weight = (value: unknown) => (isMap(value) ? Number(value.weight) || 0 : 0);
  const sum = variants.reduce<number>((sum, it) => sum + weight(it), 0);
  return sum > 0 ? `${Math.round((100 * weight(of)) / sum)} %` : plain(of?.weight);
}
