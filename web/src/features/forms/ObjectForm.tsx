import { words } from "../../text/flow";
import { Issues } from "./Issues";
import { MapRows } from "./MapForm";
import { RemoveButton } from "./RemoveButton";
import { type FormProps, SchemaForm } from "./SchemaForm";
import { beginningOf, exclusiveOf, human, isAllowed, resolved, type Schema, shapeOf } from "./schema";
import { issuesAt, type Path, useForm } from "./tools";

/** The properties of an object: those that are there or have to be, and a list of those that could be. */
export function ObjectForm({ schema, value, path, label, onRemove }: FormProps) {
  const { issues } = useForm();
  return (
    <fieldset className="form-group">
      <legend>{label}</legend>
      <RemoveButton of={label} onRemove={onRemove} />
      <Issues issues={issuesAt(issues, path, false)} />
      <Properties schema={resolved(schema)} value={value} path={path} />
    </fieldset>
  );
}

type Props = {
  schema: Schema;
  value: unknown;
  path: Path;
  /** Only these properties, in this order. */
  only?: readonly string[];
  /** Whether which kind it is stays as it is. */
  isFixed?: boolean;
};

/** The same without a frame. */
export function Properties({ schema, value, path, only, isFixed }: Props) {
  const tools = useForm();
  const { set } = tools;
  const values = (typeof value === "object" && value !== null ? value : {}) as Record<string, unknown>;
  const there = Object.keys(values);
  const properties = Object.entries(schema.properties ?? {}).filter(
    ([key, it]) => shapeOf(it).is !== "steps" && (!only || only.includes(key)),
  );
  const exclusive = exclusiveOf(schema).filter((key) => !only || only.includes(key));
  const chosen = exclusive.find((key) => there.includes(key));
  const required = schema.required ?? [];
  const shown = properties.filter(([key]) => there.includes(key) || required.includes(key));
  const rank = (key: string) => (required.includes(key) ? required.indexOf(key) : required.length);
  if (!only) shown.sort(([one], [other]) => rank(one) - rank(other));
  if (only) shown.sort(([one], [other]) => only.indexOf(one) - only.indexOf(other));
  // What says which kind it is stands first.
  shown.sort(([one], [other]) => Number(other === chosen) - Number(one === chosen));
  const more = properties.filter(
    ([key]) =>
      !there.includes(key) &&
      !required.includes(key) &&
      !exclusive.includes(key) &&
      isAllowed(schema, key, there),
  );
  const choose = (key: string) => {
    const of = schema.properties?.[key] ?? {};
    const rest = there.filter((other) => other !== chosen);
    const gone = rest.filter((other) => !isAllowed(schema, other, [...rest, key]));
    const isSame = chosen && shapeOf(schema.properties?.[chosen] ?? {}).is === shapeOf(of).is;
    tools.choose(path, { from: chosen, to: key, value: isSame ? undefined : beginningOf(of), gone });
  };
  const open = typeof schema.additionalProperties === "object" ? schema.additionalProperties : undefined;
  const own = there.filter((key) => !(key in (schema.properties ?? {})));
  return (
    <div className="form-properties">
      {exclusive.length > 1 && !isFixed ? (
        <select
          className="form-which"
          aria-label={words.form.which}
          value={chosen ?? ""}
          onChange={(event) => choose(event.target.value)}
        >
          {chosen ? null : <option value="">{words.form.pick}</option>}
          {exclusive.map((key) => (
            <option key={key} value={key}>
              {words.form.names[key] ?? human(key)}
            </option>
          ))}
        </select>
      ) : null}
      {open ? <MapRows of={open} value={value} path={path} names={own} /> : null}
      {shown.map(([key, it]) => (
        <SchemaForm
          key={key}
          schema={it}
          value={values[key]}
          path={[...path, key]}
          label={words.form.names[key] ?? human(key)}
          onRemove={
            required.includes(key) || key === chosen ? undefined : () => set([...path, key], undefined)
          }
        />
      ))}
      {more.length > 0 ? (
        <select
          className="form-more"
          aria-label={words.form.more}
          value=""
          onChange={(event) => {
            const key = event.target.value;
            if (key) set([...path, key], beginningOf(schema.properties?.[key] ?? {}));
          }}
        >
          <option value="">{words.form.more}</option>
          {more.map(([key, it]) => (
            <option key={key} value={key} title={resolved(it).description}>
              {words.form.names[key] ?? human(key)}
            </option>
          ))}
        </select>
      ) : null}
    </div>
  );
}
