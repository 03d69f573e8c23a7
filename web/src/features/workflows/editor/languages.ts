/** The languages of contents, each with Liquid within. They are loaded when such a content is first shown. */
import { html } from "@codemirror/lang-html";
import { liquid } from "@codemirror/lang-liquid";
import { markdown } from "@codemirror/lang-markdown";
import type { Extension } from "@codemirror/state";

export type ContentLanguage = "html" | "mjml" | "markdown";

const PADDING = { padding: null, "background-color": null };
const TEXT = {
  ...PADDING,
  "font-size": null,
  "font-family": null,
  color: null,
  align: ["left", "center", "right"],
};

/** The elements of MJML that mails are made of, with the attributes that they have most often. */
const MJML = {
  mjml: { attrs: {}, children: ["mj-head", "mj-body"] },
  "mj-head": { attrs: {} },
  "mj-body": { attrs: { width: null, "background-color": null } },
  "mj-section": { attrs: { ...PADDING, "background-url": null, "full-width": ["full-width"] } },
  "mj-column": { attrs: { ...PADDING, width: null, "vertical-align": ["top", "middle", "bottom"] } },
  "mj-group": { attrs: { width: null } },
  "mj-wrapper": { attrs: PADDING },
  "mj-text": { attrs: { ...TEXT, "line-height": null } },
  "mj-button": { attrs: { ...TEXT, href: null, "border-radius": null, "inner-padding": null } },
  "mj-image": { attrs: { ...PADDING, src: null, alt: null, href: null, width: null } },
  "mj-divider": { attrs: { ...PADDING, "border-color": null, "border-width": null } },
  "mj-spacer": { attrs: { height: null } },
  "mj-table": { attrs: TEXT },
  "mj-hero": { attrs: { ...PADDING, "background-url": null, mode: ["fixed-height", "fluid-height"] } },
  "mj-social": { attrs: { mode: ["horizontal", "vertical"] } },
  "mj-social-element": { attrs: { name: null, href: null } },
  "mj-raw": { attrs: {} },
  "mj-style": { attrs: { inline: ["inline"] } },
  "mj-attributes": { attrs: {} },
  "mj-all": { attrs: TEXT },
  "mj-class": { attrs: { name: null } },
  "mj-font": { attrs: { name: null, href: null } },
  "mj-title": { attrs: {} },
  "mj-preview": { attrs: {} },
  "mj-breakpoint": { attrs: { width: null } },
};

/** How a content is read and coloured; what Liquid can say is proposed by the editor itself. */
export function languageOf(name: ContentLanguage): Extension {
  const base =
    name === "markdown"
      ? markdown()
      : html({
          matchClosingTags: false,
          selfClosingTags: name === "mjml",
          extraTags: name === "mjml" ? MJML : {},
        });
  return [liquid({ base }).language, base.support];
}
