import { useState } from "react";
import { conditionsText as words } from "../../text/conditions";

type Props = {
  value: unknown;
  type: string | undefined;
  oneOf: readonly unknown[] | undefined;
  onChange: (value: unknown[]) => void;
};

/** Several plain values: those that are known to choose from, or typed with commas between them. */
export function LiteralsField({ value, type, oneOf, onChange }: Props) {
  const there: unknown[] = Array.isArray(value) ? value : [];
  const [draft, setDraft] = useState<string | undefined>(undefined);
  if (oneOf?.length) {
    const all = [...new Set([...oneOf, ...there])];
    return (
      <span className="chips">
        {all.map((it) => (
          <label key={String(it)} className="chip">
            <input
              type="checkbox"
              checked={there.includes(it)}
              onChange={(event) =>
                onChange(event.target.checked ? [...there, it] : there.filter((other) => other !== it))
              }
            />
            {String(it)}
          </label>
        ))}
      </span>
    );
  }
  const isNumbers = type === "number" || (there.length > 0 && there.every((it) => typeof it === "number"));
  const shown = draft ?? there.map(String).join(", ");
  return (
    <input
      className="input"
      aria-label={words.values}
      placeholder={words.values}
      size={Math.min(48, Math.max(28, shown.length + 2))}
      aria-invalid={there.length === 0}
      value={shown}
      onBlur={() => setDraft(undefined)}
      onChange={(event) => {
        setDraft(event.target.value);
        const parts = event.target.value
          .split(",")
          .map((it) => it.trim())
          .filter(Boolean);
        onChange(parts.map((it) => (isNumbers && !Number.isNaN(Number(it)) ? Number(it) : it)));
      }}
    />
  );
}
