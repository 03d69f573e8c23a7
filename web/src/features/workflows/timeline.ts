/** What happened in a test beside what was expected, in the order of time. */
import type { Schemas } from "../../api/client";

type Test = Schemas["PlayedTest"];
export type Happened = Test["happened"][number];
export type Expected = Test["expected"][number];
export type Row = { key: string; happened: Happened | undefined; expected: Expected[] };

/** One row for each thing that happened; what should have happened and didn't stands where it should have. */
export function rowsOf({ happened, expected }: Pick<Test, "happened" | "expected">): Row[] {
  const rows: Row[] = happened.map((it, row) => ({
    key: `h${row}`,
    happened: it,
    expected: expected.filter((other) => other.row === row),
  }));
  const missed = expected
    .filter((it) => it.row === null || it.row === undefined)
    .sort((one, other) => (one.at ?? "9").localeCompare(other.at ?? "9"));
  for (const it of missed) {
    const row = { key: `e${it.line}`, happened: undefined, expected: [it] };
    const place = it.at ? rows.findIndex((other) => other.happened && other.happened.at > (it.at ?? "")) : -1;
    if (place < 0) rows.push(row);
    else rows.splice(place, 0, row);
  }
  return rows;
}

/** What kind of thing happened, by the sign that the server begins it with. */
export function lookOf(what: string): "cause" | "sent" | "stopped" | "trouble" | "plain" {
  const signs = { "»": "cause", "✉": "sent", "✗": "stopped", "!": "trouble" } as const;
  return signs[what.charAt(0) as keyof typeof signs] ?? "plain";
}
