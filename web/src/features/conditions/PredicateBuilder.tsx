import { ConditionGroup } from "./ConditionGroup";
import { type Condition, ofRoot, rootOf } from "./condition";
import type { Known } from "./known";
import "./conditions.css";

type Props = {
  /** What the whole is called for those who don't see it. */
  label: string;
  condition: Condition | undefined;
  onChange: (condition: Condition) => void;
  /** What is offered while somebody types: see `useKnown`. */
  known: Known;
  /** Whether there is a run: then its trigger and its variables can be asked, too. */
  inWorkflow?: boolean;
};

/** A form for any condition of the file format: what it has no form for is kept, and shown as text. */
export function PredicateBuilder({ label, condition, onChange, known, inWorkflow = false }: Props) {
  return (
    <ConditionGroup
      label={label}
      group={rootOf(condition)}
      depth={0}
      known={known}
      inWorkflow={inWorkflow}
      onChange={(group) => onChange(ofRoot(group))}
    />
  );
}
