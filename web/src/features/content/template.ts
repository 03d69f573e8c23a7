/** The file of a template: its parts, and changes of them that leave everything else as it is. */
import { isMap, isScalar, LineCounter, parseDocument, type Scalar } from "yaml";
import type { Schemas } from "../../api/client";
import { AS_WRITTEN, setAt } from "../conditions/reconcile";

/** What a page can be written in; a template has one of these. */
export const CONTENTS = ["blocks", "markdown", "html", "mjml"] as const;

export type ContentKind = (typeof CONTENTS)[number];

/** The parts that stand above the content, by channel; every other channel has a text only. */
const FIELDS: Record<string, { always: string[]; rarely: string[] }> = {
  email: { always: ["subject", "preheader"], rarely: ["from", "reply_to", "text"] },
  push: { always: ["title", "body", "url"], rarely: [] },
};

export type TemplateContent = {
  name: string;
  channel: string;
  locales: string[];
  /** The parts of all others, and those of each locale. */
  partsOf: (locale: string | undefined) => Record<string, unknown>;
};

type Raw = Record<string, unknown>;

function isObject(value: unknown): value is Raw {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** What a text says; nothing while it is no YAML. */
export function templateIn(text: string): TemplateContent | undefined {
  const document = parseDocument(text);
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const raw = document.toJS() as Raw;
  const locales = isObject(raw.locales) ? raw.locales : {};
  return {
    name: String(raw.template ?? ""),
    channel: String(raw.channel ?? "email"),
    locales: Object.keys(locales),
    partsOf: (locale) => {
      if (locale === undefined) return raw;
      const parts = locales[locale];
      return isObject(parts) ? parts : {};
    },
  };
}

/** The fields beside the content. */
export function fieldsOf(channel: string): { always: string[]; rarely: string[] } {
  return FIELDS[channel] ?? { always: ["body"], rarely: [] };
}

/** What the page is written in, if there is one. */
export function contentOf(parts: Raw): ContentKind | undefined {
  return CONTENTS.find((kind) => kind in parts);
}

/** Where a part stands in the file. */
export function pathOfPart(locale: string | undefined, part: string): string[] {
  return locale === undefined ? [part] : ["locales", locale, part];
}

/** The text with another value of a part; `undefined` takes it away. */
export function withPart(text: string, locale: string | undefined, part: string, value: unknown): string {
  const document = parseDocument(text);
  if (locale !== undefined && document.getIn(["locales", locale]) === undefined) {
    setAt(document, ["locales"], { ...((document.toJS() as Raw).locales as Raw), [locale]: {} });
  }
  setAt(document, pathOfPart(locale, part), value);
  return document.toString(AS_WRITTEN);
}

/** Where the text of a part begins in the file, and how far it is indented. */
type Lies = { line: number; column: number; indent: number; isBlock: boolean };

function liesOf(text: string, path: readonly string[]): Lies | undefined {
  const lines = new LineCounter();
  const node = parseDocument(text, { lineCounter: lines }).getIn(path, true);
  if (!isScalar(node) || !node.range) return undefined;
  const { line, col } = lines.linePos(node.range[0]);
  const isBlock = (node as Scalar).type === "BLOCK_LITERAL" || (node as Scalar).type === "BLOCK_FOLDED";
  if (!isBlock) return { line, column: col, indent: 0, isBlock };
  const within = text.slice(node.range[0], node.range[1]).split("\n").slice(1);
  const first = within.find((it) => it.trim() !== "") ?? "";
  return { line: line + 1, column: 1, indent: first.length - first.trimStart().length, isBlock };
}

/** What was found within a part, with places in its own text. */
export function foundWithin(
  text: string,
  path: readonly string[],
  part: string,
  found: readonly Schemas["Diagnostic"][],
): Schemas["Diagnostic"][] {
  const lies = liesOf(text, path);
  if (!lies) return [];
  const n = lies.isBlock ? part.split("\n").length : 1;
  return found.flatMap((it) => {
    const line = it.line - lies.line + 1;
    if (line < 1 || line > n) return [];
    const column = lies.isBlock ? it.column - lies.indent : it.column - lies.column + 1;
    return [{ ...it, line, column: Math.max(1, column) }];
  });
}

/** The text of a copy. */
export function copyOf(text: string, name: string): string {
  const document = parseDocument(text);
  setAt(document, ["template"], name);
  return document.toString(AS_WRITTEN);
}

/** What a page begins with. */
export const BEGINNINGS: Record<ContentKind, string | object> = {
  blocks: {
    sections: [
      {
        columns: [
          {
            blocks: [
              { heading: "Hello {{ contact.first_name | default: 'there' }}" },
              { text: "What is new?" },
              { button: "Look at it", link: "https://example.com" },
              { footer: "Our address", unsubscribe: "Unsubscribe" },
            ],
          },
        ],
      },
    ],
  },
  markdown:
    "# Hello {{ contact.first_name | default: 'there' }}\n\nWhat is new?\n\n[Look at it](https://example.com)\n\n---\n\n[Unsubscribe]({{ unsubscribe_url }})\n",
  html: "<p>Hello {{ contact.first_name | default: 'there' }},</p>\n<p>what is new?</p>\n<p><a href=\"{{ unsubscribe_url }}\">Unsubscribe</a></p>\n",
  mjml: '<mjml>\n  <mj-body>\n    <mj-section>\n      <mj-column>\n        <mj-text font-size="20px">Hello {{ contact.first_name | default: \'there\' }}</mj-text>\n        <mj-button href="https://example.com">Look at it</mj-button>\n        <mj-text><a href="{{ unsubscribe_url }}">Unsubscribe</a></mj-text>\n      </mj-column>\n    </mj-section>\n  </mj-body>\n</mjml>\n',
};

export type NewKind = ContentKind | "sms" | "push";

/** What a new template begins with. */
export function beginningOf(name: string, kind: NewKind): string {
  if (kind === "sms") return `template: ${name}\nchannel: sms\nbody: "Hello {{ contact.first_name }}"\n`;
  if (kind === "push") {
    return `template: ${name}\nchannel: push\ntitle: Hello\nbody: What is new?\nurl: https://example.com\n`;
  }
  const head = `template: ${name}\nchannel: email\nsubject: Hello\npreheader: What is new\n`;
  return withPart(head, undefined, kind, BEGINNINGS[kind]);
}
