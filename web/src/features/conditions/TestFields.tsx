import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { conditionsText as words } from "../../text/conditions";
import { type Condition, firstValue, TESTS, type Test, testsOf, withTests } from "./condition";
import { LiteralField } from "./LiteralField";
import { LiteralsField } from "./LiteralsField";
import { PeriodField } from "./PeriodField";

type Props = {
  /** The mapping in which the tests stand. */
  holder: Condition;
  /** What the value is, if it is declared: `text`, `number`, `boolean`, `date`, `list`. */
  type: string | undefined;
  oneOf: readonly unknown[] | undefined;
  /** The tests that are offered; all that suit the type if not given. */
  tests?: readonly Test[];
  /** What the number counts, said after it. */
  unit?: string;
  onChange: (holder: Condition) => void;
};

/** The tests that make sense for a type; all of them if it is unknown. */
const SUITED: Record<string, readonly Test[]> = {
  number: ["eq", "ne", "gt", "gte", "lt", "lte", "in", "not_in", "exists"],
  boolean: ["eq", "ne", "exists"],
  date: ["within_last", "within_next", "eq", "gt", "gte", "lt", "lte", "exists"],
  list: ["contains", "exists"],
};

/** What a value is compared with: one comparison, or several that must all hold. */
export function TestFields({ holder, type, oneOf, tests, unit, onChange }: Props) {
  const there = testsOf(holder);
  const suited = tests ?? (type ? SUITED[type] : undefined) ?? TESTS;
  const put = (next: readonly (readonly [Test, unknown])[]) => onChange(withTests(holder, next));
  const free = suited.find((test) => !there.some(([other]) => other === test));
  return (
    <span className="tests">
      {there.map(([test, value], place) => {
        const set = (next: Test, nextValue: unknown) =>
          put(there.map((it, other) => (other === place ? ([next, nextValue] as const) : it)));
        const offered = [...new Set([...suited, test])].filter(
          (it) => it === test || !there.some(([other]) => other === it),
        );
        return (
          <span className="test" key={test}>
            <select
              className="input"
              aria-label={words.test}
              value={test === "exists" && value === false ? "missing" : test}
              onChange={(event) => {
                const chosen = event.target.value;
                if (chosen === "missing") set("exists", false);
                else set(chosen as Test, firstValue(chosen as Test, type, value));
              }}
            >
              {offered.map((it) => (
                <option key={it} value={it}>
                  {words.tests[it]}
                </option>
              ))}
              {offered.includes("exists") ? <option value="missing">{words.notKnown}</option> : null}
            </select>
            <Operand
              test={test}
              value={value}
              type={type}
              oneOf={oneOf}
              onChange={(next) => set(test, next)}
            />
            {unit ? <span className="soft">{unit}</span> : null}
            {there.length > 1 ? (
              <IconButton
                icon="close"
                label={words.removeTest}
                onClick={() => put(there.toSpliced(place, 1))}
              />
            ) : null}
          </span>
        );
      })}
      {free && there.length < 2 && there[0]?.[0] !== "exists" ? (
        <Button
          size="small"
          look="plain"
          className="quiet"
          onClick={() => put([...there, [another(there, suited) ?? free, firstValue(free, type, "")]])}
        >
          <Icon name="plus" /> {words.addTest}
        </Button>
      ) : null}
    </span>
  );
}

/** The other end of a span, where there is one. */
function another(there: readonly (readonly [Test, unknown])[], suited: readonly Test[]): Test | undefined {
  const ends: Partial<Record<Test, Test>> = { gt: "lt", gte: "lte", lt: "gt", lte: "gte" };
  const other = there[0] && ends[there[0][0]];
  return other && suited.includes(other) ? other : undefined;
}

function Operand({
  test,
  value,
  type,
  oneOf,
  onChange,
}: {
  test: Test;
  value: unknown;
  type: string | undefined;
  oneOf: readonly unknown[] | undefined;
  onChange: (value: unknown) => void;
}) {
  switch (test) {
    case "exists":
      return null;
    case "in":
    case "not_in":
      return <LiteralsField value={value} type={type} oneOf={oneOf} onChange={onChange} />;
    case "within_last":
    case "within_next":
      return <PeriodField label={words.amount} value={value} onChange={onChange} />;
    default:
      return <LiteralField value={value} type={type} oneOf={oneOf} onChange={onChange} />;
  }
}
