/** What is planned, by day. */
import type { Schemas } from "../../api/client";

/** When a message is to go, as far as that is settled. */
export function dueAt(message: Schemas["MessageView"]): string | undefined {
  const { due_at, until } = message.detail as Record<string, unknown>;
  return [due_at, until].find((it): it is string => typeof it === "string");
}

/** A day of the reader's calendar, as `2026-11-22`. */
export function dayOf(date: Date): string {
  const two = (n: number) => String(n).padStart(2, "0");
  return `${date.getFullYear()}-${two(date.getMonth() + 1)}-${two(date.getDate())}`;
}

/** The days that a page of the calendar shows: whole weeks, from Monday, around a month. */
export function daysAround(year: number, month: number): Date[] {
  const first = new Date(year, month, 1);
  const toMonday = (first.getDay() + 6) % 7;
  const n = Math.ceil((toMonday + new Date(year, month + 1, 0).getDate()) / 7) * 7;
  return Array.from({ length: n }, (_, at) => new Date(year, month, 1 - toMonday + at));
}

/** Messages by the day on which they are to go. */
export function byDay(messages: readonly Schemas["MessageView"][]): Map<string, Schemas["MessageView"][]> {
  const days = new Map<string, Schemas["MessageView"][]>();
  for (const message of messages) {
    const due = dueAt(message);
    if (!due) continue;
    const day = dayOf(new Date(due));
    days.set(day, [...(days.get(day) ?? []), message]);
  }
  return days;
}
