import { PredicateBuilder } from "../conditions/PredicateBuilder";
import { useKnown } from "../conditions/useKnown";
import { Issues } from "./Issues";
import { RemoveButton } from "./RemoveButton";
import type { FormProps } from "./SchemaForm";
import { resolved } from "./schema";
import { issuesAt, useForm } from "./tools";

/** A condition, by the builder that segments use. */
export function ConditionForm({ schema, value, path, label, onRemove }: FormProps) {
  const { set, issues } = useForm();
  const known = useKnown();
  const condition =
    typeof value === "object" && value !== null ? (value as Record<string, unknown>) : undefined;
  return (
    <fieldset className="form-group">
      <legend>{label}</legend>
      <RemoveButton of={label} onRemove={onRemove} />
      <small className="form-hint">{resolved(schema).description}</small>
      <Issues issues={issuesAt(issues, path, true)} />
      <PredicateBuilder
        label={label}
        condition={condition}
        known={known}
        inWorkflow
        onChange={(next) => set(path, next)}
      />
    </fieldset>
  );
}
