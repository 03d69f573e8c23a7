import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { conditionsText as words } from "../../text/conditions";
import { Choice } from "./Choice";
import {
  type Condition,
  type Counting,
  countedAs,
  countingOf,
  filtersOf,
  isCondition,
  type Test,
  withFilters,
  withKey,
} from "./condition";
import { FilterFields } from "./FilterFields";
import type { Known } from "./known";
import { PeriodField } from "./PeriodField";
import { TestFields } from "./TestFields";
import { WithinField } from "./WithinField";

type Props = { condition: Condition; known: Known; onChange: (condition: Condition) => void };

const NUMBERS: readonly Test[] = ["gte", "gt", "eq", "lte", "lt", "ne"];

/** What the contact did: how often or how much, in which time, and which of it counts. */
export function EventFields({ condition, known, onChange }: Props) {
  const way = countingOf(condition);
  const filters = filtersOf(condition);
  return (
    <>
      <Choice
        label={words.name.event}
        value={String(condition.event ?? "")}
        options={known.events}
        onChange={(value) => onChange(withKey(condition, "event", value))}
      />
      <select
        className="input"
        aria-label={words.how}
        value={way}
        onChange={(event) => onChange(countedAs(condition, event.target.value as Counting))}
      >
        {Object.entries(words.event).map(([value, label]) => (
          <option key={value} value={value}>
            {label}
          </option>
        ))}
      </select>
      <Counted way={way} condition={condition} onChange={onChange} />
      {way === "first" || way === "last" ? null : (
        <WithinField
          value={condition.within}
          onChange={(within) => onChange(withKey(condition, "within", within))}
        />
      )}
      {filters.length ? (
        <FilterFields filters={filters} onChange={(next) => onChange(withFilters(condition, next))} />
      ) : (
        <Button
          size="small"
          look="plain"
          className="quiet"
          onClick={() => onChange(withFilters(condition, [{ property: "", tests: { eq: "" } }]))}
        >
          <Icon name="filter" /> {words.addWhere}
        </Button>
      )}
    </>
  );
}

function Counted({ way, condition, onChange }: Omit<Props, "known"> & { way: Counting }) {
  const test = condition[way];
  if (!isCondition(test)) return null;
  switch (way) {
    case "count":
      return (
        <TestFields
          holder={test}
          type="number"
          oneOf={undefined}
          tests={NUMBERS}
          unit={words.times}
          onChange={(next) => onChange({ ...condition, count: next })}
        />
      );
    case "sum":
      return (
        <>
          <Choice
            label={words.sumOf}
            value={String(test.of ?? "")}
            options={["total", "value", "revenue", "quantity"]}
            onChange={(of) => onChange({ ...condition, sum: { ...test, of } })}
          />
          <TestFields
            holder={test}
            type="number"
            oneOf={undefined}
            tests={NUMBERS}
            onChange={(next) => onChange({ ...condition, sum: next })}
          />
        </>
      );
    default: {
      const ago = "before" in test ? "before" : "within";
      return (
        <>
          <select
            className="input"
            aria-label={words.agoLabel}
            value={ago}
            onChange={(event) => onChange({ ...condition, [way]: { [event.target.value]: test[ago] } })}
          >
            <option value="within">{words.ago.within}</option>
            <option value="before">{words.ago.before}</option>
          </select>
          <PeriodField
            label={words.amount}
            value={test[ago]}
            onChange={(period) => onChange({ ...condition, [way]: { [ago]: period } })}
          />
        </>
      );
    }
  }
}
