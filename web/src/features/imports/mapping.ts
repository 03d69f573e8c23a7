/** Where a column goes, as a place, a name and a type: `trait:age as number`. */
export type Target = { place: string; name: string; type: string };

/** Places that have a name. */
export const NAMED: ReadonlySet<string> = new Set(["trait", "list", "tag", "channel", "category"]);

/** Places whose cells have a type that can be said. */
export const TYPED: ReadonlySet<string> = new Set(["trait"]);

export function readTarget(text: string): Target {
  const [where = "", type = ""] = text.split(" as ");
  const [place = "", ...name] = where.split(":");
  return { place, name: name.join(":"), type };
}

export function writeTarget({ place, name, type }: Target): string {
  const where = NAMED.has(place) ? `${place}:${name}` : place;
  return TYPED.has(place) && type && type !== "text" ? `${where} as ${type}` : where;
}

/** A name for a trait made of a column's title. */
export function nameOfColumn(column: string): string {
  return column
    .trim()
    .toLowerCase()
    .replace(/[^\p{L}\p{N}]+/gu, "_")
    .replace(/^_+|_+$/g, "");
}
