import { conditionsText as words } from "../../text/conditions";
import { PeriodField } from "./PeriodField";

/** In which time something must have happened: ever, or in the last so many days. */
export function WithinField({
  value,
  onChange,
}: {
  value: unknown;
  onChange: (value: string | undefined) => void;
}) {
  const isEver = value === undefined;
  return (
    <>
      <select
        className="input"
        aria-label={words.window}
        value={isEver ? "ever" : "within"}
        onChange={(event) => onChange(event.target.value === "ever" ? undefined : "30d")}
      >
        <option value="ever">{words.ever}</option>
        <option value="within">{words.within}</option>
      </select>
      {isEver ? null : <PeriodField label={words.amount} value={value} onChange={onChange} />}
    </>
  );
}
