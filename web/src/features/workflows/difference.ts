/** What changed between two texts, line by line, by their longest common subsequence. */
export type Line = {
  change: "same" | "added" | "removed";
  text: string;
  /** Its number in the older text, and in the newer one. */
  was: number | undefined;
  is: number | undefined;
};

/** The most lines of a text that are compared; longer ones are shown as replaced. */
const LINES_MAX = 3_000;

export function differenceOf(before: string, after: string): Line[] {
  const old = before === "" ? [] : before.replace(/\n$/, "").split("\n");
  const now = after === "" ? [] : after.replace(/\n$/, "").split("\n");
  const removed = (n: number): Line => ({ change: "removed", text: old[n] ?? "", was: n + 1, is: undefined });
  const added = (n: number): Line => ({ change: "added", text: now[n] ?? "", was: undefined, is: n + 1 });
  if (old.length > LINES_MAX || now.length > LINES_MAX) {
    return [...old.map((_, n) => removed(n)), ...now.map((_, n) => added(n))];
  }
  const common = lengths(old, now);
  const at = (i: number, j: number) => common[i * (now.length + 1) + j] ?? 0;
  const lines: Line[] = [];
  let [i, j] = [0, 0];
  while (i < old.length || j < now.length) {
    if (i < old.length && j < now.length && old[i] === now[j]) {
      lines.push({ change: "same", text: old[i] ?? "", was: i + 1, is: j + 1 });
      i += 1;
      j += 1;
    } else if (j >= now.length || (i < old.length && at(i + 1, j) >= at(i, j + 1))) {
      lines.push(removed(i));
      i += 1;
    } else {
      lines.push(added(j));
      j += 1;
    }
  }
  return lines;
}

/** How many lines the rest of both texts have in common, from each pair of places on. */
function lengths(old: string[], now: string[]): Uint16Array {
  const width = now.length + 1;
  const table = new Uint16Array((old.length + 1) * width);
  for (let i = old.length - 1; i >= 0; i -= 1) {
    for (let j = now.length - 1; j >= 0; j -= 1) {
      table[i * width + j] =
        old[i] === now[j]
          ? (table[(i + 1) * width + j + 1] ?? 0) + 1
          : Math.max(table[(i + 1) * width + j] ?? 0, table[i * width + j + 1] ?? 0);
    }
  }
  return table;
}
