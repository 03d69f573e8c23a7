import { describe, expect, it } from "vitest";
import { knownIn, namesFor, proposalsOf } from "./known";

const FILES = [
  {
    path: "traits.yaml",
    text: "traits:\n  age: { type: number }\ncomputed:\n  spent: { event: Order Completed, sum: total }\n",
  },
  { path: "workflows/a.yaml", text: 'trigger: { event: "Cart Updated" }\nkey: x # $trigger.cart_id\n' },
  { path: "templates/hello.yaml", text: "text: Hi {{ contact.nickname }}\n" },
];

describe("what is known", () => {
  const known = knownIn(FILES, ["shoe_size", "*"]);

  it("comes from declarations, from what files use, and from what clients sent", () => {
    expect(known.traits).toEqual(expect.arrayContaining(["age", "spent", "nickname", "shoe_size", "email"]));
    expect(known.traits).not.toContain("*");
    expect(known.events).toEqual(["Cart Updated", "Order Completed"]);
    expect(known.properties).toEqual(["cart_id"]);
  });

  it("is proposed where it fits", () => {
    expect(namesFor(known, [], ["steps", 0, "send", "email"])).toEqual(["hello"]);
    expect(namesFor(known, ["pause"], ["steps", 0, "goto"])).toEqual(["pause"]);
    expect(namesFor(known, [], ["trigger", "event"])).toEqual(["Cart Updated", "Order Completed"]);
    expect(namesFor(known, [], ["steps", 0, "note"])).toEqual([]);
    expect(proposalsOf(known).map((it) => it.insert)).toContain("trigger.cart_id");
  });
});
