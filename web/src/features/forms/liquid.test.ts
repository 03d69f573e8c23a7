import { describe, expect, it } from "vitest";
import { completed, completionAt } from "./liquid";

const KNOWN = [
  { insert: "contact.first_name", detail: "trait" },
  { insert: "contact.plan", detail: "trait" },
  { insert: "trigger.cart_id", detail: "property" },
];
const options = (text: string) => completionAt(text, text.length, KNOWN)?.options.map((it) => it.insert);

describe("completion within Liquid", () => {
  it("proposes nothing in plain text, nor after a tag is closed", () => {
    expect(options("Hello con")).toBeUndefined();
    expect(options("Hello {{ contact.plan }} con")).toBeUndefined();
  });

  it("proposes what begins so, then what has it inside", () => {
    expect(options("Hello {{ contact.")).toEqual(["contact.first_name", "contact.plan"]);
    expect(options("Hello {{ cart")).toEqual(["trigger.cart_id"]);
    expect(options("{% if pl")).toEqual(["contact.plan"]);
  });

  it("proposes filters behind a bar", () => {
    expect(options("{{ contact.first_name | def")).toEqual(["default: "]);
  });

  it("puts it in and closes it, once", () => {
    expect(completed("Hi {{ con", 9, 6, "contact.plan")).toEqual(["Hi {{ contact.plan }}", 18]);
    expect(completed("Hi {{ con }}!", 9, 6, "contact.plan")).toEqual(["Hi {{ contact.plan }}!", 18]);
    expect(completed("{% if con", 9, 6, "contact.plan")).toEqual(["{% if contact.plan", 18]);
  });
});
