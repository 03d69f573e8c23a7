import { useState } from "react";
import { parse, stringify } from "yaml";
import { conditionsText as words } from "../../text/conditions";
import { type Condition, isCondition } from "./condition";

type Props = { condition: Condition; onChange: (condition: Condition) => void };

/** A condition for which there is no form, as text. */
export function OtherFields({ condition, onChange }: Props) {
  const [draft, setDraft] = useState<string | undefined>(undefined);
  const text = draft ?? stringify(condition, { collectionStyle: "flow", lineWidth: 0 }).trim();
  return (
    <input
      className="input other"
      aria-label={words.otherHint}
      title={words.otherHint}
      value={text}
      onBlur={() => setDraft(undefined)}
      onChange={(event) => {
        setDraft(event.target.value);
        const read = readCondition(event.target.value);
        if (read) onChange(read);
      }}
    />
  );
}

function readCondition(text: string): Condition | undefined {
  try {
    const value: unknown = parse(text);
    return isCondition(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
