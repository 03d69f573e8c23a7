import { ConditionForm } from "./ConditionForm";
import { EitherForm } from "./EitherForm";
import { ListForm } from "./ListForm";
import { MapForm } from "./MapForm";
import { ObjectForm } from "./ObjectForm";
import { type Schema, shapeOf } from "./schema";
import type { Path } from "./tools";
import { ValueField } from "./ValueField";

export type FormProps = {
  schema: Schema;
  value: unknown;
  path: Path;
  label: string;
  /** Takes it away; without it, it has to be there. */
  onRemove?: (() => void) | undefined;
};

/** A form for a value, made from its schema. */
export function SchemaForm(props: FormProps) {
  const shape = shapeOf(props.schema);
  switch (shape.is) {
    case "steps":
      return null;
    case "object":
      return <ObjectForm {...props} schema={shape.schema} />;
    case "condition":
      return <ConditionForm {...props} />;
    case "map":
      return <MapForm {...props} of={shape.of} />;
    case "list":
      return <ListForm {...props} of={shape.of} orOne={shape.orOne} />;
    case "either":
      return <EitherForm {...props} options={shape.options} />;
    default:
      return <ValueField {...props} shape={shape} />;
  }
}
