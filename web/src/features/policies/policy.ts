/** The file of policies: what the form shows of it, and changes of it that keep everything else. */
import { isMap, parseDocument } from "yaml";
import { AS_WRITTEN, setAt } from "../conditions/reconcile";

/** One policy, exactly as it stands in the file. */
export type Item = { readonly [key: string]: unknown };

export const PATH = "policies.yaml";

/** What the file holds; nothing while its text is no YAML. */
export function policiesIn(text: string): Item | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0) return undefined;
  if (document.contents === null) return {};
  return isMap(document.contents) ? (document.toJS() as Item) : undefined;
}

/** Policies of which there may be one or several. */
export function itemsOf(value: unknown): Item[] {
  return [value ?? []].flat().filter((it): it is Item => typeof it === "object" && it !== null);
}

/** The text with another value under a key; none, or an empty one, takes the key away. */
export function withPolicy(text: string, key: string, value: unknown): string {
  const document = parseDocument(text.trim() === "" ? "{}\n" : text);
  const isEmpty =
    value === undefined ||
    value === "" ||
    (typeof value === "object" && Object.keys(value ?? {}).length === 0);
  if (isMap(document.contents) && document.contents.items.length === 0) document.contents.flow = false;
  setAt(document, [key], isEmpty ? undefined : value);
  return document.toString(AS_WRITTEN);
}

/** A policy with one value changed; `undefined` and empty lists take it away. */
export function withValue(item: Item, key: string, value: unknown): Item {
  const isEmpty = value === undefined || value === "" || (Array.isArray(value) && value.length === 0);
  if (!isEmpty) return { ...item, [key]: value };
  return Object.fromEntries(Object.entries(item).filter(([name]) => name !== key));
}
