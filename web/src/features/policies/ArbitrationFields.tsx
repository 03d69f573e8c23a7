import { policiesText as words } from "../../text/policies";
import type { Known } from "../conditions/known";
import { PeriodField } from "../conditions/PeriodField";
import { PolicyList } from "./PolicyList";
import { type Item, withValue } from "./policy";

type Props = {
  arbitration: Record<string, Item>;
  known: Known;
  onChange: (arbitration: Record<string, Item>) => void;
};

/** By channel: how long messages are collected, and what becomes of those that don't win. */
export function ArbitrationFields({ arbitration, known, onChange }: Props) {
  const items = Object.entries(arbitration).map(([channel, rule]) => ({ channel, ...rule }));
  const free = known.channels.find((channel) => !(channel in arbitration)) ?? "email";
  return (
    <PolicyList
      title={words.sections.arbitration}
      items={items}
      blank={{ channel: free, hold: "10m", losers: "next" }}
      onChange={(items) =>
        onChange(
          Object.fromEntries(
            items.map(({ channel, ...rule }) => [
              String(channel),
              Object.keys(rule).length ? rule : { hold: "10m" },
            ]),
          ),
        )
      }
    >
      {(item, change) => (
        <>
          <select
            className="input"
            aria-label={words.channel}
            value={String(item.channel)}
            onChange={(event) => change({ ...item, channel: event.target.value })}
          >
            {known.channels
              .filter((channel) => channel === item.channel || !(channel in arbitration))
              .map((channel) => (
                <option key={channel} value={channel}>
                  {channel}
                </option>
              ))}
          </select>
          <span className="soft">{words.hold}</span>
          <PeriodField
            label={words.hold}
            value={item.hold ?? ""}
            onChange={(hold) => change(withValue(item, "hold", hold))}
          />
          <span className="soft">{words.losers}</span>
          <select
            className="input"
            aria-label={words.losers}
            value={String(item.losers ?? "next")}
            onChange={(event) => change({ ...item, losers: event.target.value })}
          >
            {Object.entries(words.losersChoices).map(([value, label]) => (
              <option key={value} value={value}>
                {label}
              </option>
            ))}
          </select>
          <span className="soft">{words.reserve}</span>
          <PeriodField
            label={words.reserve}
            value={item.reserve ?? ""}
            onChange={(reserve) =>
              change(withValue(item, "reserve", /^0/.test(reserve) ? undefined : reserve))
            }
          />
        </>
      )}
    </PolicyList>
  );
}
