/** Values as they are typed: numbers and booleans are such, everything else is a text; quotes make a text of anything. */

export function typedScalar(typed: string): string | number | boolean {
  const text = typed.trim();
  const quoted = /^(["'])(.*)\1$/.exec(text);
  if (quoted) return quoted[2] ?? "";
  if (text === "true" || text === "false") return text === "true";
  return /^[+-]?(\d+(\.\d+)?|\.\d+)$/.test(text) ? Number(text) : text;
}

export function shownScalar(value: unknown): string {
  if (typeof value === "string") return typedScalar(value) === value ? value : `"${value}"`;
  return value === undefined || value === null ? "" : String(value);
}
