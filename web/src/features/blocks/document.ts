/** The block document of an e-mail, and changes of it: each makes a new document. */

export type Path = readonly (string | number)[];

export type Block = Record<string, unknown>;

export type Column = { width?: number; blocks: Block[] };

export type Section = { columns: Column[]; background?: string; padding?: number };

export type BlockDocument = { style?: Record<string, unknown>; sections: Section[] };

/** Blocks are told apart by which of these keys they have. */
export const KINDS = [
  "heading",
  "text",
  "image",
  "button",
  "divider",
  "spacer",
  "products",
  "if",
  "social",
  "footer",
  "html",
] as const;

export type Kind = (typeof KINDS)[number];

export function kindOf(block: Block): Kind | undefined {
  return KINDS.find((kind) => kind in block);
}

/** What a new block begins with. */
export const BEGINNINGS: Record<Kind, Block> = {
  heading: { heading: "A heading" },
  text: { text: "Some text" },
  image: { image: "https://example.com/picture.png", alt: "" },
  button: { button: "Look at it", link: "https://example.com" },
  divider: { divider: true },
  spacer: { spacer: 24 },
  products: { products: "trigger.items", limit: 3 },
  if: { if: "contact.first_name", then: [{ text: "Hello {{ contact.first_name }}" }] },
  social: { social: [{ name: "Instagram", link: "https://instagram.com/" }] },
  footer: { footer: "Our address", unsubscribe: "Unsubscribe" },
  html: { html: "<p>HTML</p>" },
};

export const EMPTY: BlockDocument = { sections: [{ columns: [{ blocks: [] }] }] };

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}

/** The document, whatever is missing from it or written otherwise put right. */
export function documentOf(value: unknown): BlockDocument {
  if (!isObject(value)) return EMPTY;
  const sections = (Array.isArray(value.sections) ? value.sections : []).filter(isObject).map((section) => ({
    ...section,
    columns: (Array.isArray(section.columns) ? section.columns : []).filter(isObject).map((column) => ({
      ...column,
      blocks: (Array.isArray(column.blocks) ? column.blocks : []).filter(isObject),
    })),
  }));
  return { ...value, sections } as BlockDocument;
}

export function keyOf(path: Path): string {
  return path.join("/");
}

/** What stands at a place. */
export function at(document: BlockDocument, path: Path): unknown {
  let value: unknown = document;
  for (const part of path) value = (value as Record<string | number, unknown> | undefined)?.[part];
  return value;
}

export function blockAt(document: BlockDocument, path: Path): Block | undefined {
  const value = at(document, path);
  return isObject(value) ? value : undefined;
}

/** Every list of blocks, in the order in which it is read. */
export function listsOf(document: BlockDocument): Path[] {
  const lists: Path[] = [];
  const walk = (list: unknown, path: Path) => {
    if (!Array.isArray(list)) return;
    lists.push(path);
    list.forEach((block, place) => {
      walk((block as Block | null)?.then, [...path, place, "then"]);
      walk((block as Block | null)?.else, [...path, place, "else"]);
    });
  };
  document.sections.forEach((section, n) => {
    section.columns.forEach((column, m) => {
      walk(column.blocks, ["sections", n, "columns", m, "blocks"]);
    });
  });
  return lists;
}

/** Every block, in the order in which it is read. */
export function blocksOf(document: BlockDocument): Path[] {
  const blocks: Path[] = [];
  const walk = (list: unknown, path: Path) => {
    if (!Array.isArray(list)) return;
    list.forEach((block, place) => {
      const here = [...path, place];
      blocks.push(here);
      walk((block as Block | null)?.then, [...here, "then"]);
      walk((block as Block | null)?.else, [...here, "else"]);
    });
  };
  document.sections.forEach((section, n) => {
    section.columns.forEach((column, m) => {
      walk(column.blocks, ["sections", n, "columns", m, "blocks"]);
    });
  });
  return blocks;
}

/** The document with another value at a place; `undefined` takes it away. */
export function withValue(document: BlockDocument, path: Path, value: unknown): BlockDocument {
  const changed = structuredClone(document);
  const last = path.at(-1);
  const holder = at(changed, path.slice(0, -1)) as Record<string | number, unknown> | undefined;
  if (last === undefined || holder === undefined) return document;
  if (value === undefined && Array.isArray(holder)) holder.splice(Number(last), 1);
  else if (value === undefined) delete holder[last];
  else holder[last] = value;
  return changed;
}

export function withInserted(
  document: BlockDocument,
  list: Path,
  place: number,
  item: unknown,
): BlockDocument {
  const changed = structuredClone(document);
  const there = at(changed, list);
  if (!Array.isArray(there)) return document;
  there.splice(place, 0, structuredClone(item));
  return changed;
}

export function without(document: BlockDocument, path: Path): BlockDocument {
  return withValue(document, path, undefined);
}

/** Whether a place is within what stands at another, or is that. */
export function isWithin(path: Path, outer: Path): boolean {
  return outer.every((part, place) => path[place] === part);
}

/** Moves an item of a list to a place of the same or another list, and says where it then is. */
export function withMoved(
  document: BlockDocument,
  from: Path,
  list: Path,
  place: number,
): { document: BlockDocument; path: Path } | undefined {
  if (isWithin(list, from)) return undefined;
  const changed = structuredClone(document);
  const source = at(changed, from.slice(0, -1));
  const target = at(changed, list);
  const index = Number(from.at(-1));
  if (!Array.isArray(source) || !Array.isArray(target)) return undefined;
  const [item] = source.splice(index, 1);
  target.splice(source === target && index < place ? place - 1 : place, 0, item);
  const path =
    blocksOf(changed).find((it) => at(changed, it) === item) ??
    (list.length === 1 ? [...list, target.indexOf(item)] : undefined);
  return path && { document: changed, path };
}

/** Where a block goes if it is moved by one: within its list, else to the end of the one before or the start of the next. */
export function besides(
  document: BlockDocument,
  path: Path,
  by: 1 | -1,
): { list: Path; place: number } | undefined {
  const list = path.slice(0, -1);
  const index = Number(path.at(-1));
  const there = at(document, list) as unknown[];
  if (by < 0 && index > 0) return { list, place: index - 1 };
  if (by > 0 && index < there.length - 1) return { list, place: index + 2 };
  const lists = listsOf(document).filter((it) => !isWithin(it, path));
  const next = lists[lists.findIndex((it) => keyOf(it) === keyOf(list)) + by];
  return next && { list: next, place: by > 0 ? 0 : (at(document, next) as unknown[]).length };
}

/** A section with so many columns: what stood in those that go is kept in the last. */
export function withColumns(section: Section, n: number): Section {
  const kept = section.columns.slice(0, n).map(({ width: _, ...column }) => ({ ...column }));
  const gone = section.columns.slice(n).flatMap((column) => column.blocks);
  const last = kept.at(-1);
  if (last && gone.length) last.blocks = [...last.blocks, ...gone];
  while (kept.length < n) kept.push({ blocks: [] });
  return { ...section, columns: kept };
}
