import { conditionsText as words } from "../../text/conditions";
import { type Condition, withKey } from "./condition";

type Props = { condition: Condition; onChange: (condition: Condition) => void };

/** A random share of all contacts. */
export function ShareFields({ condition, onChange }: Props) {
  return (
    <>
      <input
        className="input"
        type="number"
        min={0}
        max={100}
        step="any"
        aria-label={words.kinds.share}
        value={String(condition.share ?? "")}
        onChange={(event) => onChange(withKey(condition, "share", Number(event.target.value)))}
      />
      <span className="soft">{words.percent}</span>
      <input
        className="input"
        aria-label={words.draw}
        placeholder={words.draw}
        value={String(condition.of ?? "")}
        onChange={(event) => onChange(withKey(condition, "of", event.target.value || undefined))}
      />
    </>
  );
}
