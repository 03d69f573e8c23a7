/** Completion within Liquid: what is being typed at the caret, and what it may become. */
import type { Proposal } from "./tools";

/** The most proposals that are shown at once. */
export const PROPOSALS_MAX = 8;

/** Filters that messages need most; the manual lists all. */
const FILTERS = proposals([
  ["default: ", "if there is none"],
  ["money: ", "an amount, such as “money: 'EUR'”"],
  ["number: ", "with so many digits, as the contact writes"],
  ["plural: ", "one word or another, by how many"],
  ["local_date", "a date, as the contact writes"],
  ["local_time", "a time, in the contact’s zone"],
  ["choose: ", "one of a list, always the same for a contact"],
  ["raw", "as it is: HTML stays HTML"],
  ["upcase", "in capitals"],
  ["downcase", "in small letters"],
  ["capitalize", "first letter large"],
  ["escape", "safe in HTML"],
  ["date: ", "as a date, such as “%d %B”"],
  ["round: ", "to so many digits"],
  ["plus: ", "and a number"],
  ["minus: ", "less a number"],
  ["times: ", "so many times"],
  ["divided_by: ", "parted by a number"],
  ["size", "how long it is"],
  ["first", "the first of a list"],
  ["last", "the last of a list"],
  ["where: ", "only those of a list with a value"],
  ["sort: ", "a list in order"],
  ["map: ", "one property of each"],
  ["split: ", "a text into a list"],
  ["join: ", "a list in a line"],
  ["replace: ", "one text by another"],
  ["strip_html", "without its HTML"],
  ["truncate: ", "at most so many letters"],
  ["url_encode", "safe in an address"],
]);

/** What a tag can begin with. */
const TAGS = proposals([
  ["if ", "only if it holds"],
  ["elsif ", "else if this holds"],
  ["else", "otherwise"],
  ["endif", "ends it"],
  ["unless ", "only if it doesn’t hold"],
  ["endunless", "ends it"],
  ["for item in ", "once for each"],
  ["endfor", "ends it"],
  ["case ", "by a value"],
  ["when ", "for this value"],
  ["endcase", "ends it"],
  ["assign ", "gives a value a name"],
  ["capture ", "gives a text a name"],
  ["endcapture", "ends it"],
  ["comment", "is not sent"],
  ["endcomment", "ends it"],
  ["abort_message ", "doesn’t send after all, with a reason"],
]);

function proposals(from: [insert: string, detail: string][]): Proposal[] {
  return from.map(([insert, detail]) => ({ insert, detail }));
}

export type Completion = { from: number; options: Proposal[] };

/** What can stand at the caret; nothing outside of `{{ }}` and `{% %}`. */
export function completionAt(
  text: string,
  caret: number,
  known: readonly Proposal[],
  most = PROPOSALS_MAX,
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
  const isTag = before.startsWith("{%", open) && /^-?\s*$/.test(inside.slice(0, inside.length - word.length));
  const among = isFilter ? FILTERS : isTag ? TAGS : known;
  const begins = among.filter((it) => it.insert.toLowerCase().startsWith(typed));
  const contains = among.filter((it) => !begins.includes(it) && it.insert.toLowerCase().includes(typed));
  const options = [...begins, ...contains].filter((it) => it.insert !== word).slice(0, most);
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
