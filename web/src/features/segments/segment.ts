/** The file of a segment: its text, and the rule in it. */
import { isMap, parseDocument } from "yaml";
import { type Condition, isCondition } from "../conditions/condition";
import { AS_WRITTEN, setAt } from "../conditions/reconcile";

/** Where the file of a new segment lies. */
export function pathOfSegment(name: string): string {
  return `segments/${name}.yaml`;
}

/** What a new segment begins with; `where` is a rule as JSON. */
export function beginningOf(name: string, title: string, where?: string): string {
  const text = `segment: ${name}\ntitle: ${JSON.stringify(title || name)}\nwhere: {}\n`;
  return where ? withRule(text, JSON.parse(where) as Condition) : text;
}

/** The rule that a text holds; nothing while it is no YAML. */
export function ruleIn(text: string): { where: Condition; title: string } | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const content = document.toJS() as { where?: unknown; title?: unknown; segment?: unknown };
  return {
    where: isCondition(content.where) ? content.where : {},
    title: String(content.title ?? content.segment ?? ""),
  };
}

/** The text with another rule: whatever else stands in it stays, comments too. */
export function withRule(text: string, where: Condition): string {
  return withValue(text, "where", where);
}

export function withTitle(text: string, title: string): string {
  return withValue(text, "title", title);
}

function withValue(text: string, key: string, value: unknown): string {
  const document = parseDocument(text);
  setAt(document, [key], value);
  return document.toString(AS_WRITTEN);
}
