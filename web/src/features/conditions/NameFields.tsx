import { conditionsText as words } from "../../text/conditions";
import { Choice } from "./Choice";
import { type Condition, withKey } from "./condition";
import type { Known } from "./known";

type Props = {
  kind: "segment" | "list" | "tag" | "consent";
  condition: Condition;
  isNegated: boolean;
  known: Known;
  onChange: (condition: Condition) => void;
  onTurn?: (isNegated: boolean) => void;
};

/** Whether somebody belongs to something, or what they answered. */
export function NameFields({ kind, condition, isNegated, known, onChange, onTurn }: Props) {
  const options = {
    segment: known.segments,
    list: known.lists,
    tag: known.tags,
    consent: [...known.categories, ...known.channels],
  }[kind];
  const name = (
    <Choice
      label={words.name[kind]}
      value={String(condition[kind] ?? "")}
      options={options}
      onChange={(value) => onChange(withKey(condition, kind, value))}
    />
  );
  if (kind === "consent") {
    return (
      <>
        {name}
        <select
          className="input"
          aria-label={words.answer}
          value={String(condition.is ?? "subscribed")}
          onChange={(event) => onChange(withKey(condition, "is", event.target.value))}
        >
          {Object.entries(words.answers).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
      </>
    );
  }
  return (
    <>
      <select
        className="input"
        aria-label={words.does}
        value={isNegated ? "not" : "is"}
        onChange={(event) => onTurn?.(event.target.value === "not")}
      >
        <option value="is">{words.is}</option>
        <option value="not">{words.isNot}</option>
      </select>
      {name}
    </>
  );
}
