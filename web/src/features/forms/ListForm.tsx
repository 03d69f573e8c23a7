import { Button } from "../../design/Button";
import { words } from "../../text/flow";
import { RemoveButton } from "./RemoveButton";
import { type FormProps, SchemaForm } from "./SchemaForm";
import { beginningOf, resolved, type Schema } from "./schema";
import { useForm } from "./tools";

/** Several values of one kind, one below the other; a single one may stand without a list. */
export function ListForm({
  schema,
  value,
  path,
  label,
  onRemove,
  of,
  orOne,
}: FormProps & { of: Schema; orOne: boolean }) {
  const { set, append, move } = useForm();
  const isList = Array.isArray(value);
  const items: unknown[] = isList ? value : value === undefined ? [] : [value];
  return (
    <fieldset className="form-group">
      <legend>{label}</legend>
      <RemoveButton of={label} onRemove={onRemove} />
      <small className="form-hint">{resolved(schema).description}</small>
      {items.map((item, place) => {
        const at = isList ? [...path, place] : path;
        const name = words.form.nth(words.form.items[String(path.at(-1))] ?? label, place + 1);
        return (
          <div className="form-item" key={at.join("/")}>
            <SchemaForm
              schema={of}
              value={item}
              path={at}
              label={name}
              onRemove={items.length > 1 || (isList && !orOne) ? () => set(at, undefined) : undefined}
            />
            {place > 0 ? (
              <Button size="small" look="plain" onClick={() => move(path, place, place - 1)}>
                {words.form.earlier}
              </Button>
            ) : null}
          </div>
        );
      })}
      <div>
        <Button size="small" onClick={() => append(path, beginningOf(of))}>
          {words.form.another}
        </Button>
      </div>
    </fieldset>
  );
}
