import { useEffect, useState } from "react";
import { parseDocument, stringify } from "yaml";
import type { Control } from "./Labelled";

type Props = { control: Control; value: unknown; onValue: (value: unknown) => void };

/** A value that has no form of its own, as YAML. */
export function YamlInput({ control, value, onValue }: Props) {
  const current = value === undefined || value === "" ? "" : stringify(value).trimEnd();
  const [typed, setTyped] = useState(current);
  useEffect(() => setTyped(current), [current]);
  const parsed = parseDocument(typed);
  const isBroken = parsed.errors.length > 0;
  return (
    <textarea
      {...control}
      className="code-input"
      aria-invalid={isBroken || control["aria-invalid"]}
      rows={Math.min(10, Math.max(2, typed.split("\n").length))}
      spellCheck={false}
      value={typed}
      onChange={(event) => setTyped(event.target.value)}
      onBlur={() => {
        if (!isBroken && typed !== current) onValue(parsed.toJSON());
      }}
    />
  );
}
