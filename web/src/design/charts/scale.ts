/** Scales of charts. */

/** Round numbers from nought (or below it) to at least the highest value, about so many of them. */
export function ticksTo(low: number, high: number, about = 4): number[] {
  const span = Math.max(high, 0) - Math.min(low, 0) || 1;
  const raw = span / about;
  const power = 10 ** Math.floor(Math.log10(raw));
  const step = [1, 2, 5, 10].map((it) => it * power).find((it) => it >= raw) ?? 10 * power;
  // Counts have no halves.
  const whole = span >= 1 ? Math.max(1, Math.round(step)) : step;
  const first = Math.floor(Math.min(low, 0) / whole);
  const last = Math.ceil(Math.max(high, 0) / whole) || 1;
  return Array.from({ length: last - first + 1 }, (_, n) => (first + n) * whole);
}

/** Which of `n` places get a label, if there is room for about so many. */
export function labelled(n: number, room: number): number[] {
  if (n === 0) return [];
  const every = Math.max(1, Math.ceil(n / Math.max(1, room)));
  return Array.from({ length: Math.ceil(n / every) }, (_, it) => n - 1 - it * every).toReversed();
}
