/** What can be set of each kind of block beside what stands in its place. */
import type { Kind } from "./document";

export type FieldOf = {
  key: string;
  as: "line" | "liquid" | "color" | "align" | "level" | "number";
  min?: number;
  max?: number;
};

const LINK: FieldOf = { key: "link", as: "liquid" };
const ALIGN: FieldOf = { key: "align", as: "align" };

export const FIELDS: Record<Kind, FieldOf[]> = {
  heading: [{ key: "level", as: "level" }, ALIGN],
  text: [ALIGN],
  image: [
    { key: "image", as: "liquid" },
    { key: "alt", as: "liquid" },
    LINK,
    { key: "width", as: "number", min: 1, max: 900 },
    ALIGN,
  ],
  button: [LINK, ALIGN],
  divider: [],
  spacer: [{ key: "spacer", as: "number", min: 1, max: 200 }],
  products: [
    { key: "limit", as: "number", min: 1, max: 50 },
    { key: "title", as: "line" },
    { key: "price", as: "line" },
    { key: "picture", as: "line" },
    { key: "link", as: "line" },
  ],
  if: [],
  social: [],
  footer: [
    { key: "unsubscribe", as: "liquid" },
    { key: "preferences", as: "liquid" },
  ],
  html: [],
};

/** How any block looks. */
export const LOOK: FieldOf[] = [
  { key: "color", as: "color" },
  { key: "background", as: "color" },
  { key: "font_size", as: "number", min: 8, max: 72 },
  { key: "padding", as: "number", min: 0, max: 80 },
  { key: "radius", as: "number", min: 0, max: 40 },
];

export const SECTION: FieldOf[] = [
  { key: "background", as: "color" },
  { key: "padding", as: "number", min: 0, max: 80 },
];

/** How the whole page looks. */
export const PAGE: FieldOf[] = [
  { key: "width", as: "number", min: 320, max: 900 },
  { key: "font_size", as: "number", min: 10, max: 32 },
  { key: "font", as: "line" },
  ...["background", "surface", "text", "accent", "on_accent"].map((key): FieldOf => ({ key, as: "color" })),
  ...["dark_background", "dark_surface", "dark_text", "dark_accent"].map(
    (key): FieldOf => ({ key, as: "color" }),
  ),
];

/** The page's look where the document says nothing; the server's compiler has the same. */
export const USUAL: Record<string, string> = {
  background: "#f3f4f6",
  surface: "#ffffff",
  text: "#1f2933",
  accent: "#1d4ed8",
  on_accent: "#ffffff",
  dark_background: "#111827",
  dark_surface: "#1f2937",
  dark_text: "#e5e7eb",
  dark_accent: "#93c5fd",
};
