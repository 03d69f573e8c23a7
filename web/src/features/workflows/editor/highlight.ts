/** The colours of code, from the tokens: readable in both themes. */
import { HighlightStyle, syntaxHighlighting } from "@codemirror/language";
import type { Extension } from "@codemirror/state";
import { tags } from "@lezer/highlight";

const style = HighlightStyle.define([
  {
    tag: [tags.keyword, tags.controlKeyword, tags.definitionKeyword, tags.moduleKeyword],
    color: "var(--violet)",
  },
  { tag: [tags.propertyName, tags.attributeName, tags.definition(tags.propertyName)], color: "var(--data)" },
  { tag: [tags.tagName, tags.typeName, tags.angleBracket], color: "var(--accent)" },
  { tag: [tags.string, tags.special(tags.string), tags.attributeValue], color: "var(--good)" },
  { tag: [tags.number, tags.bool, tags.atom, tags.literal], color: "var(--logic)" },
  { tag: [tags.variableName, tags.function(tags.variableName)], color: "var(--accent-strong)" },
  { tag: [tags.comment, tags.meta, tags.processingInstruction], color: "var(--text-soft)" },
  { tag: [tags.heading, tags.strong], fontWeight: "bold" },
  { tag: tags.emphasis, fontStyle: "italic" },
  { tag: [tags.link, tags.url], color: "var(--accent)" },
  { tag: tags.invalid, color: "var(--bad)" },
]);

export const highlight: Extension = syntaxHighlighting(style);
