/** Completion within Liquid: what is being typed at the caret, and what it may become. */
import type { Proposal } from "./tools";

/** The most proposals that are shown at once. */
export const PROPOSALS_MAX = 8;

/** Filters that messages need most; the manual lists all. */
const FILTERS: Proposal[] = [
  ["default: ", "if there is none"],
  ["upcase", "in capitals"],
  ["downcase", "in small letters"],
  ["capitalize", "first letter large"],
  ["escape", "safe in HTML"],
  ["date: ", "as a date, such as “%d %B”"],
  ["round: ", "to so many digits"],
  ["plus: ", "and a number"],
  ["minus: ", "less a number"],
  ["times: ", "so many times"],
  ["size", "how long it is"],
  ["first", "the first of a list"],
  ["last", "the last of a list"],
  ["join: ", "a list in a line"],
  ["truncate: ", "at most so many letters"],
  ["url_encode", "safe in an address"],
].map(([insert, detail]) => ({ insert: insert ?? "", detail: detail ?? "" }));

export type Completion = { from: number; options: Proposal[] };

/** What can stand at the caret; nothing outside of `{{ }}` and `{% %}`. */
export function completionAt(
  text: string,
  caret: number,
  known: readonly Proposal[],
): Completion | undefined {
  const before = text.slice(0, caret);
  const open = Math.max(before.lastIndexOf("{{"), before.lastIndexOf("{%"));
  const close = Math.max(before.lastIndexOf("}}"), before.lastIndexOf("%}"));
  if (open < 0 || open < close) return undefined;
  const inside = before.slice(open + 2);
  const word = /[\w.-]*$/.exec(inside)?.[0] ?? "";
  const isFilter = /\|\s*$/.test(inside.slice(0, inside.length - word.length));
  const typed = word.toLowerCase();
  const from = caret - word.length;
  const among = isFilter ? FILTERS : known;
  const begins = among.filter((it) => it.insert.toLowerCase().startsWith(typed));
  const contains = among.filter((it) => !begins.includes(it) && it.insert.toLowerCase().includes(typed));
  const options = [...begins, ...contains].filter((it) => it.insert !== word).slice(0, PROPOSALS_MAX);
  return options.length > 0 ? { from, options } : undefined;
}

/** The text with a proposal in place of what was typed, closed if nothing closes it, and where the caret then is. */
export function completed(text: string, caret: number, from: number, insert: string): [string, number] {
  const rest = text.slice(caret);
  const isClosed = /^[^{]*?(\}\}|%\})/.test(rest);
  const isTag = text.slice(0, from).lastIndexOf("{%") > text.slice(0, from).lastIndexOf("{{");
  const end = isClosed || isTag ? "" : " }}";
  return [`${text.slice(0, from)}${insert}${end}${rest}`, from + insert.length];
}
