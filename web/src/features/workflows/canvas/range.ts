/** Several steps that are chosen at once: those between two of one list. */
import { type Path, type Step, samePath } from "./tree";

/** The steps from one to another, in the order of their list; only the first if they don't stand in one list. */
export function rangeOf(steps: readonly Step[], from: Path, until: Path | undefined): Step[] {
  const list = from.slice(0, -1);
  const isOneList = until !== undefined && samePath(until.slice(0, -1), list);
  const [one, other] = [Number(from.at(-1)), Number((isOneList ? until : from).at(-1))];
  const [low, high] = [Math.min(one, other), Math.max(one, other)];
  return steps.filter((step) => {
    const place = Number(step.path.at(-1));
    return samePath(step.path.slice(0, -1), list) && place >= low && place <= high;
  });
}

/** Where a range ends if it is stretched by one; nothing beyond the ends of the list. */
export function stretched(
  steps: readonly Step[],
  from: Path,
  until: Path | undefined,
  by: 1 | -1,
): Path | undefined {
  const end = until ?? from;
  const next = [...end.slice(0, -1), Number(end.at(-1)) + by];
  return steps.find((step) => samePath(step.path, next))?.path;
}
