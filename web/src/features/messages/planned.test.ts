import { expect, it } from "vitest";
import type { Schemas } from "../../api/client";
import { byDay, dayOf, daysAround } from "./planned";

it("shows whole weeks from Monday around a month", () => {
  const days = daysAround(2026, 10);
  expect(days).toHaveLength(42);
  expect(dayOf(days[0] ?? new Date(0))).toBe("2026-10-26");
  expect(days.map((it) => it.getDay())[0]).toBe(1);
  expect(days.filter((it) => it.getMonth() === 10)).toHaveLength(30);
});

it("puts a message on the day on which it is to go, and leaves out those without one", () => {
  const message = (id: string, detail: object) => ({ id, detail }) as unknown as Schemas["MessageView"];
  const noon = (day: string) => new Date(`${day}T12:00:00`).toISOString();
  const days = byDay([
    message("a", { due_at: noon("2026-11-22") }),
    message("b", { until: noon("2026-11-22") }),
    message("c", {}),
  ]);
  expect([...days].map(([day, all]) => [day, all.map((it) => it.id)])).toEqual([["2026-11-22", ["a", "b"]]]);
});
