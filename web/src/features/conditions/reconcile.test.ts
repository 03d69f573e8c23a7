import { expect, it } from "vitest";
import { parseDocument } from "yaml";
import { AS_WRITTEN, same, setAt } from "./reconcile";

const FILE = `# Who buys often.
segment: regulars
title: "Three orders"   # shown to colleagues
where:
  all:
    # Not those of long ago.
    - { event: Order Completed, count: { gte: 3 }, within: 365d }
    - not: { segment: staff }   # they get everything anyway
`;

function changed(value: unknown): string {
  const document = parseDocument(FILE);
  setAt(document, ["where"], value);
  return document.toString(AS_WRITTEN);
}

const [ORDERS, STAFF] = [
  { event: "Order Completed", count: { gte: 3 }, within: "365d" },
  { not: { segment: "staff" } },
];

it("leaves a text alone whose meaning stays", () => {
  expect(changed({ all: [ORDERS, STAFF] })).toBe(FILE.replaceAll(/(["}]) {3}#/g, "$1 #"));
});

it("changes one value in its line, and keeps every comment", () => {
  const text = changed({ all: [{ ...ORDERS, count: { gte: 5 } }, STAFF] });
  expect(text).toContain("- { event: Order Completed, count: { gte: 5 }, within: 365d }");
  for (const comment of [
    "# Who buys often.",
    "# shown to colleagues",
    "# Not those of long ago.",
    "# they get",
  ]) {
    expect(text).toContain(comment);
  }
});

it("moves a condition with its comment, and writes a new one in a line", () => {
  const text = changed({ all: [STAFF, ORDERS, { trait: "plan", in: ["pro", "team"] }] });
  expect(text).toContain("- not: { segment: staff } # they get everything anyway");
  expect(text).toContain("# Not those of long ago.");
  expect(text).toContain("- { trait: plan, in: [ pro, team ] }");
  expect(
    same(parseDocument(text).toJS().where, { all: [STAFF, ORDERS, { trait: "plan", in: ["pro", "team"] }] }),
  ).toBe(true);
});

it("writes texts that look like numbers so that they stay texts", () => {
  const document = parseDocument("where: { trait: zip, eq: Berlin }\n");
  setAt(document, ["where"], { trait: "zip", eq: "10115" });
  expect(document.toString(AS_WRITTEN)).toBe('where: { trait: zip, eq: "10115" }\n');
  setAt(document, ["where"], { trait: "zip", eq: "" });
  setAt(document, ["where"], { trait: "zip", eq: "Wien" });
  expect(document.toString(AS_WRITTEN)).toBe("where: { trait: zip, eq: Wien }\n");
  setAt(document, ["where", "eq"], 10115);
  expect(document.toString(AS_WRITTEN)).toBe("where: { trait: zip, eq: 10115 }\n");
});
