/** A rule with how each part came out, as the server writes it: two spaces for each level, `+` holds, `-` doesn't. */
export function RuleLines({ lines }: { lines: readonly string[] }) {
  return (
    <ul className="rule-lines">
      {lines.map((line, place) => {
        const match = /^(\s*)([+-])\s(.*)$/.exec(line);
        const [, indent = "", sign = "", rest = line] = match ?? [];
        return (
          <li
            // biome-ignore lint/suspicious/noArrayIndexKey: lines of one answer never change places
            key={place}
            className={sign === "+" ? "holds" : sign === "-" ? "fails" : undefined}
            style={{ paddingInlineStart: `${indent.length * 0.6}rem` }}
          >
            <span className="rule-sign">{sign === "+" ? "✓" : sign === "-" ? "✕" : ""}</span>
            {rest.split("`").map((part, at) =>
              // biome-ignore lint/suspicious/noArrayIndexKey: parts of one line never change places
              at % 2 ? <code key={at}>{part}</code> : <span key={at}>{part}</span>,
            )}
          </li>
        );
      })}
    </ul>
  );
}
