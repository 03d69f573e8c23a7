import { describe, expect, it } from "vitest";
import { rowsOf } from "./timeline";

const happened = (at: string, what: string) => ({ at, local: at, after: "+0s", what });

describe("a test's timeline", () => {
  it("puts expectations beside what they are about, and what is missed where it should have been", () => {
    const rows = rowsOf({
      happened: [happened("2026-03-01T00:00:00Z", "a"), happened("2026-03-03T00:00:00Z", "b")],
      expected: [
        { line: 3, what: "b sent", row: 1 },
        { line: 4, what: "c sent", instead: "it was not", at: "2026-03-02T00:00:00Z" },
        { line: 5, what: "no run" },
      ],
    });
    expect(rows.map((row) => [row.happened?.what, row.expected.map((it) => it.line)])).toEqual([
      ["a", []],
      [undefined, [4]],
      ["b", [3]],
      [undefined, [5]],
    ]);
  });
});
