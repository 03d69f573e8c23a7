import { conditionsText as words } from "../../text/conditions";
import { Choice } from "./Choice";
import { type Condition, withKey } from "./condition";
import type { Known } from "./known";
import { TestFields } from "./TestFields";

type Props = {
  kind: "trait" | "account" | "trigger" | "run";
  condition: Condition;
  known: Known;
  onChange: (condition: Condition) => void;
};

/** A value that is known, with what it is compared with. */
export function ValueFields({ kind, condition, known, onChange }: Props) {
  const name = String(condition[kind] ?? "");
  const declared = kind === "trait" ? known.traits.find((it) => it.name === name) : undefined;
  return (
    <>
      <Choice
        label={words.name[kind]}
        value={name}
        options={kind === "trait" ? known.traits : []}
        onChange={(value) => onChange(withKey(condition, kind, value))}
      />
      <TestFields holder={condition} type={declared?.type} oneOf={declared?.oneOf} onChange={onChange} />
    </>
  );
}
