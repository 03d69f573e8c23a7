import { useState } from "react";
import { conditionsText as words } from "../../text/conditions";

const UNITS = ["m", "h", "d", "w"] as const;
const SIMPLE = /^([0-9]+)(w|d|h|m)$/;

type Props = { label: string; value: unknown; onChange: (value: string) => void };

/** A period: a number and its unit; what is composed, such as `1d12h`, is a text. */
export function PeriodField({ label, value, onChange }: Props) {
  const text = String(value ?? "");
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const match = SIMPLE.exec(text);
  if (!match && text !== "") {
    return (
      <input
        className="input"
        aria-label={label}
        size={8}
        value={text}
        onChange={(event) => onChange(event.target.value)}
      />
    );
  }
  const [, amount = "", unit = "d"] = match ?? [];
  return (
    <span className="period">
      <input
        className="input"
        aria-label={label}
        inputMode="numeric"
        size={4}
        aria-invalid={amount === ""}
        value={draft ?? amount}
        onBlur={() => setDraft(undefined)}
        onChange={(event) => {
          setDraft(event.target.value);
          if (/^[0-9]+$/.test(event.target.value)) onChange(`${event.target.value}${unit}`);
        }}
      />
      <select
        className="input"
        aria-label={words.unit}
        value={unit}
        onChange={(event) => onChange(`${amount || 1}${event.target.value}`)}
      >
        {UNITS.map((it) => (
          <option key={it} value={it}>
            {words.units[it]}
          </option>
        ))}
      </select>
    </span>
  );
}
