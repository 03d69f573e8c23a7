import { useState } from "react";

type Props = { label: string; value: unknown; min: number; onChange: (value: number) => void };

/** A whole number; what is typed stays until it is one. */
export function NumberField({ label, value, min, onChange }: Props) {
  const [draft, setDraft] = useState<string | undefined>(undefined);
  return (
    <input
      className="input policy-number"
      type="number"
      min={min}
      aria-label={label}
      value={draft ?? String(value ?? "")}
      onBlur={() => setDraft(undefined)}
      onChange={(event) => {
        setDraft(event.target.value);
        const number = event.target.valueAsNumber;
        if (!Number.isNaN(number) && number >= min) onChange(number);
      }}
    />
  );
}
