/** How many hues there are to tell people apart. */
const HUES = 12;

/** The first letters of a name, on a colour that stays the same for the same person. */
export function Avatar({ name, seed }: { name: string; seed: string }) {
  const words = name.split(/[\s@._-]+/).filter(Boolean);
  const letters = [words[0], words.length > 1 ? words[1] : undefined].map((word) => word?.[0] ?? "").join("");
  let hash = 0;
  for (const sign of seed) hash = (hash * 31 + (sign.codePointAt(0) ?? 0)) % 997;
  return (
    <span className="avatar" aria-hidden="true" style={{ "--hue": (hash % HUES) * (360 / HUES) } as object}>
      {letters.toUpperCase() || "?"}
    </span>
  );
}
