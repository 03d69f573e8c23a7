import { conditionsText as words } from "../../text/conditions";
import { type Condition, isCondition, withKey } from "./condition";

type Props = { condition: Condition; onChange: (condition: Condition) => void };

/** A window of local time. */
export function TimeFields({ condition, onChange }: Props) {
  const time = isCondition(condition.time) ? condition.time : {};
  const put = (key: string, value: unknown) => onChange({ ...condition, time: withKey(time, key, value) });
  const days = Array.isArray(time.days) ? time.days : time.days ? [time.days] : [];
  const zone = String(time.zone ?? "contact");
  return (
    <>
      {(["from", "to"] as const).map((end) => (
        <label key={end} className="row">
          <span className="soft">{words[end]}</span>
          <input
            className="input"
            type="time"
            value={String(time[end] ?? "")}
            onChange={(event) => put(end, event.target.value || undefined)}
          />
        </label>
      ))}
      <fieldset className="chips">
        <legend className="visually-hidden">{words.days}</legend>
        {Object.entries(words.weekdays).map(([day, label]) => (
          <label key={day} className="chip">
            <input
              type="checkbox"
              checked={days.includes(day)}
              onChange={(event) => {
                const next = Object.keys(words.weekdays).filter((it) =>
                  it === day ? event.target.checked : days.includes(it),
                );
                put("days", next.length ? next : undefined);
              }}
            />
            {label}
          </label>
        ))}
      </fieldset>
      <select
        className="input"
        aria-label={words.zone}
        value={zone}
        onChange={(event) => put("zone", event.target.value === "contact" ? undefined : event.target.value)}
      >
        {Object.entries(words.zones).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
        {zone in words.zones ? null : <option value={zone}>{zone}</option>}
      </select>
    </>
  );
}
