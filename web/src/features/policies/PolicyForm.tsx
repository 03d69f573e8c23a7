import { Field } from "../../design/Field";
import { policiesText as words } from "../../text/policies";
import type { Known } from "../conditions/known";
import { PeriodField } from "../conditions/PeriodField";
import { ArbitrationFields } from "./ArbitrationFields";
import { CategoryFields } from "./CategoryFields";
import { NumberField } from "./NumberField";
import { PolicyList } from "./PolicyList";
import { PolicySection } from "./PolicySection";
import { type Item, itemsOf, withValue } from "./policy";
import { ScopeFields } from "./ScopeFields";
import { ThenField } from "./ThenField";

type Props = { policies: Item; known: Known; onChange: (key: string, value: unknown) => void };

/** The policies as a form: whatever it has no field for stays as it is in the file. */
export function PolicyForm({ policies, known, onChange }: Props) {
  const { sections, leads } = words;
  const period = (item: Item, change: (item: Item) => void) => (
    <PeriodField label={words.per} value={item.per} onChange={(per) => change({ ...item, per })} />
  );
  return (
    <>
      <PolicySection title={sections.quiet} lead={leads.quiet}>
        <PolicyList
          title={sections.quiet}
          items={itemsOf(policies.quiet_hours)}
          blank={{ channels: ["email"], from: "21:00", to: "08:00" }}
          onChange={(items) => onChange("quiet_hours", items)}
        >
          {(item, change) => (
            <>
              {(["from", "to"] as const).map((end) => (
                <label key={end} className="row">
                  <span className="soft">{words[end]}</span>
                  <input
                    className="input"
                    type="time"
                    required
                    value={String(item[end] ?? "")}
                    onChange={(event) => event.target.value && change({ ...item, [end]: event.target.value })}
                  />
                </label>
              ))}
              <ThenField item={item} onChange={change} />
              <span className="soft">{words.spread}</span>
              {item.spread === undefined ? (
                <button
                  type="button"
                  className="button small"
                  onClick={() => change({ ...item, spread: "30m" })}
                >
                  {words.noSpread}
                </button>
              ) : (
                <PeriodField
                  label={words.spread}
                  value={item.spread}
                  onChange={(spread) =>
                    change(withValue(item, "spread", spread === "0m" ? undefined : spread))
                  }
                />
              )}
              <ScopeFields
                item={item}
                known={known}
                of={["channels", "categories", "workflows"]}
                onChange={change}
              />
            </>
          )}
        </PolicyList>
      </PolicySection>
      <PolicySection title={sections.caps} lead={leads.caps}>
        <PolicyList
          title={sections.caps}
          items={itemsOf(policies.caps)}
          blank={{ channels: ["email"], max: 3, per: "7d", then: "defer" }}
          onChange={(items) => onChange("caps", items)}
        >
          {(item, change) => (
            <>
              <span className="soft">{words.max}</span>
              <NumberField
                label={words.max}
                value={item.max}
                min={1}
                onChange={(max) => change({ ...item, max })}
              />
              <span className="soft">{words.messagesPer}</span>
              {period(item, change)}
              <ThenField item={item} onChange={change} />
              <ScopeFields
                item={item}
                known={known}
                of={["channels", "categories", "workflows"]}
                onChange={change}
              />
            </>
          )}
        </PolicyList>
      </PolicySection>
      <PolicySection title={sections.arbitration} lead={leads.arbitration}>
        <ArbitrationFields
          arbitration={(policies.arbitration ?? {}) as Record<string, Item>}
          known={known}
          onChange={(value) => onChange("arbitration", value)}
        />
      </PolicySection>
      <PolicySection title={sections.categories} lead={leads.categories}>
        <CategoryFields
          categories={(policies.categories ?? {}) as Record<string, Item>}
          onChange={(value) => onChange("categories", value)}
        />
      </PolicySection>
      <PolicySection title={sections.repeats} lead={leads.repeats}>
        <PolicyList
          title={sections.repeats}
          items={itemsOf(policies.repeats)}
          blank={{ channels: ["email"], per: "14d" }}
          onChange={(items) => onChange("repeats", items)}
        >
          {(item, change) => (
            <>
              {period(item, change)}
              <ScopeFields item={item} known={known} of={["channels", "categories"]} onChange={change} />
            </>
          )}
        </PolicyList>
      </PolicySection>
      <PolicySection title={sections.rates} lead={leads.rates}>
        <PolicyList
          title={sections.rates}
          items={itemsOf(policies.rates)}
          blank={{ channels: ["email"], max: 1000, per: "1m" }}
          onChange={(items) => onChange("rates", items)}
        >
          {(item, change) => (
            <>
              <span className="soft">{words.max}</span>
              <NumberField
                label={words.max}
                value={item.max}
                min={1}
                onChange={(max) => change({ ...item, max })}
              />
              <span className="soft">{words.messagesPer}</span>
              {period(item, change)}
              <ScopeFields item={item} known={known} of={["channels"]} onChange={change} />
            </>
          )}
        </PolicyList>
      </PolicySection>
      <PolicySection title={sections.holdout} lead={leads.holdout}>
        <div className="row">
          <NumberField
            label={words.percent}
            value={(policies.holdout as Item | undefined)?.percent ?? 0}
            min={0}
            onChange={(percent) =>
              onChange("holdout", percent === 0 ? undefined : { ...(policies.holdout as Item), percent })
            }
          />
          <span className="soft">{words.percent}</span>
        </div>
      </PolicySection>
      <PolicySection title={sections.general}>
        <Field label={words.sender} hint={words.senderHint}>
          <input
            value={String(policies.sender ?? "")}
            onChange={(event) => onChange("sender", event.target.value)}
          />
        </Field>
        <Field label={words.timezone} hint={words.timezoneHint}>
          <input
            list="zones"
            value={String(policies.timezone ?? "")}
            onChange={(event) => onChange("timezone", event.target.value)}
          />
        </Field>
        <datalist id="zones">
          {Intl.supportedValuesOf("timeZone").map((zone) => (
            <option key={zone} value={zone} />
          ))}
        </datalist>
      </PolicySection>
      <p className="soft small">{words.other}</p>
    </>
  );
}
