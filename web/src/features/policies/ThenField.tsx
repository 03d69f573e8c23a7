import { policiesText as words } from "../../text/policies";
import { type Item, withValue } from "./policy";

/** What happens to messages that a policy stops for now. */
export function ThenField({ item, onChange }: { item: Item; onChange: (item: Item) => void }) {
  return (
    <select
      className="input"
      aria-label={words.thenLabel}
      value={String(item.then ?? "defer")}
      onChange={(event) => onChange(withValue(item, "then", event.target.value))}
    >
      {Object.entries(words.then).map(([value, label]) => (
        <option key={value} value={value}>
          {label}
        </option>
      ))}
    </select>
  );
}
