import { expect, it } from "vitest";
import { withPolicy, withValue } from "./policy";
import { moved, type Ranked, renumbered, withPriorities } from "./priorities";

const ranked = (...priorities: number[]): Ranked[] =>
  priorities.map((priority, place) => ({ name: `w${place}`, title: "", priority }));
const numbers = (list: Ranked[]) => renumbered(list).map((it) => it.priority);

it("changes the priority only of those that were moved", () => {
  expect(numbers(ranked(90, 70, 50))).toEqual([90, 70, 50]);
  expect(numbers(moved(ranked(90, 70, 50), 2, 0))).toEqual([100, 90, 70]);
  expect(numbers(moved(ranked(90, 70, 50, 10), 3, 1))).toEqual([90, 80, 70, 50]);
});

it("gives an order without doubt, even where all were the same or lay too close", () => {
  for (const list of [ranked(50, 50, 50), ranked(3, 1, 2), ranked(52, 50, 51, 51)]) {
    const given = numbers(list);
    expect(
      given.every((n, place) => place === 0 || n < (given[place - 1] ?? 0)),
      String(given),
    ).toBe(true);
  }
});

it("writes a priority into the file of its workflow and leaves the rest alone", () => {
  const files = [
    { path: "workflows/a.yaml", text: "workflow: a # the first\ntrigger: { event: A }\n" },
    { path: "workflows/b.yaml", text: "workflow: b\npriority: 70 # high\n" },
  ];
  const written = withPriorities(files, [
    { name: "a", title: "", priority: 80 },
    { name: "b", title: "", priority: 70 },
  ]);
  expect(written[0]?.text).toBe("workflow: a # the first\ntrigger: { event: A }\npriority: 80\n");
  expect(written[1]?.text).toBe(files[1]?.text);
});

it("changes a cap and keeps the comment beside it; the last one takes the key away", () => {
  const text = "# For all.\nsender: a@b.example\ncaps:\n  # Few.\n  - { max: 3, per: 7d }\n";
  const changed = withPolicy(text, "caps", [withValue({ max: 3, per: "7d" }, "max", 5)]);
  expect(changed).toBe(text.replace("max: 3", "max: 5"));
  expect(withPolicy("sender: a@b.example\ncaps: [ { max: 3, per: 7d } ]\n", "caps", [])).toBe(
    "sender: a@b.example\n",
  );
  expect(withPolicy("", "timezone", "Europe/Berlin")).toBe("timezone: Europe/Berlin\n");
});
