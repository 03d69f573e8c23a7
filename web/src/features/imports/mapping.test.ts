import { expect, it } from "vitest";
import { nameOfColumn, readTarget, writeTarget } from "./mapping";

it("reads and writes where a column goes", () => {
  for (const text of ["user_id", "ignore", "trait:age as number", "trait:a:b", "list:vip", "category:news"]) {
    expect(writeTarget(readTarget(text))).toBe(text);
  }
  expect(readTarget("trait:age as number")).toEqual({ place: "trait", name: "age", type: "number" });
  expect(writeTarget({ place: "trait", name: "zip", type: "text" })).toBe("trait:zip");
});

it("makes a trait's name of a title", () => {
  expect(nameOfColumn(" Customer No. ")).toBe("customer_no");
});
