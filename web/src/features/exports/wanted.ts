/** What is to be exported, and where the server gives it. */
export type Kind = "contacts" | "events" | "messages" | "decisions";

export type Format = "csv" | "json_lines" | "parquet";

export type Wanted = {
  of: Kind;
  format: Format;
  /** `segment=NAME` or `list=NAME`; empty for everybody. */
  who: string;
  /** Days, in the reader's own zone. */
  since: string;
  until: string;
  escape: boolean;
  ids: boolean;
};

export const EXTENSIONS: Record<Format, string> = { csv: "csv", json_lines: "jsonl", parquet: "parquet" };

/** The beginning of a day in the reader's zone. */
function instantOf(day: string): string {
  return new Date(`${day}T00:00:00`).toISOString();
}

export function addressOf(wanted: Wanted): string {
  const query = new URLSearchParams({ format: wanted.format });
  const [by, name] = wanted.who.split("=");
  if (by && name) query.set(by, name);
  if (wanted.since) query.set("since", instantOf(wanted.since));
  if (wanted.until) query.set("until", instantOf(wanted.until));
  if (wanted.format === "csv") query.set("formulas", wanted.escape ? "escape" : "keep");
  if (wanted.of === "contacts" && wanted.ids) query.set("ids", "true");
  return `/api/v1/exports/${wanted.of}?${query}`;
}
