import { useState } from "react";
import { Button } from "../../design/Button";
import { words } from "../../text/flow";
import { Issues } from "./Issues";
import { RemoveButton } from "./RemoveButton";
import { type FormProps, SchemaForm } from "./SchemaForm";
import { beginningOf, resolved, type Schema, shapeOf } from "./schema";
import { issuesAt, type Path, useForm } from "./tools";

/** Values by names that somebody chooses. */
export function MapForm({ schema, value, path, label, onRemove, of }: FormProps & { of: Schema }) {
  const names = Object.keys((value ?? {}) as Record<string, unknown>);
  const { issues } = useForm();
  return (
    <fieldset className="form-group">
      <legend>{label}</legend>
      <RemoveButton of={label} onRemove={onRemove} />
      <small className="form-hint">{resolved(schema).description}</small>
      <Issues issues={issuesAt(issues, path, false)} />
      <MapRows of={of} value={value} path={path} names={names} />
    </fieldset>
  );
}

type RowsProps = { of: Schema; value: unknown; path: Path; names: string[] };

/** The rows of an object whose names somebody chooses, and one for a new one. */
export function MapRows({ of, value, path, names }: RowsProps) {
  const { set, rename, namesFor } = useForm();
  const [fresh, setFresh] = useState("");
  const values = (value ?? {}) as Record<string, unknown>;
  const known = namesFor([...path, "*"]);
  const list = `names-of-${path.join("-")}`;
  const add = () => {
    const name = fresh.trim();
    if (!name || name in values) return;
    set([...path, name], shapeOf(of).is === "steps" ? [] : beginningOf(of));
    setFresh("");
  };
  return (
    <>
      {names.map((name) => (
        <div className="form-row" key={name}>
          <input
            className="form-key"
            aria-label={words.form.nameOf(name)}
            defaultValue={name}
            list={known.length > 0 ? list : undefined}
            spellCheck={false}
            onBlur={(event) => {
              const next = event.target.value.trim();
              if (next && next !== name && !(next in values)) rename(path, name, next);
            }}
            onKeyDown={(event) => {
              if (event.key === "Enter") event.currentTarget.blur();
            }}
          />
          <div className="form-row-value">
            <SchemaForm schema={of} value={values[name]} path={[...path, name]} label={name} />
          </div>
          <RemoveButton of={name} onRemove={() => set([...path, name], undefined)} />
        </div>
      ))}
      <div className="form-new">
        <input
          aria-label={words.form.newName}
          placeholder={words.form.newName}
          list={known.length > 0 ? list : undefined}
          value={fresh}
          spellCheck={false}
          onChange={(event) => setFresh(event.target.value)}
          onKeyDown={(event) => {
            if (event.key === "Enter") add();
          }}
        />
        <Button size="small" disabled={!fresh.trim() || fresh.trim() in values} onClick={add}>
          {words.form.add}
        </Button>
      </div>
      <datalist id={list}>
        {known.map((name) => (
          <option key={name} value={name} />
        ))}
      </datalist>
    </>
  );
}
