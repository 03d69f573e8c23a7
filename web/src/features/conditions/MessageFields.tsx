import { conditionsText as words } from "../../text/conditions";
import { Choice } from "./Choice";
import { type Condition, withKey } from "./condition";
import type { Known } from "./known";
import { WithinField } from "./WithinField";

type Props = { condition: Condition; known: Known; onChange: (condition: Condition) => void };

/** What became of a message. */
export function MessageFields({ condition, known, onChange }: Props) {
  const is = String(condition.is ?? "opened");
  return (
    <>
      <Choice
        label={words.name.message}
        value={String(condition.message ?? "")}
        options={[{ name: "any", title: words.anyMessage }, ...known.templates]}
        onChange={(value) => onChange(withKey(condition, "message", value))}
      />
      <select
        className="input"
        aria-label={words.messageIs}
        value={is}
        onChange={(event) => {
          const next = withKey(condition, "is", event.target.value);
          onChange(event.target.value === "clicked" ? next : withKey(next, "link", undefined));
        }}
      >
        {Object.entries(words.messageStates).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      {is === "clicked" ? (
        <input
          className="input"
          aria-label={words.link}
          placeholder={words.link}
          size={36}
          value={String(condition.link ?? "")}
          onChange={(event) => onChange(withKey(condition, "link", event.target.value || undefined))}
        />
      ) : null}
      <WithinField
        value={condition.within}
        onChange={(within) => onChange(withKey(condition, "within", within))}
      />
    </>
  );
}
