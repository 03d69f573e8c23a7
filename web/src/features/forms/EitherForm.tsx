import { words } from "../../text/flow";
import { RemoveButton } from "./RemoveButton";
import { type FormProps, SchemaForm } from "./SchemaForm";
import { alternativeOf, beginningOf, human, refersTo, resolved, type Schema, shapeOf } from "./schema";
import { useForm } from "./tools";

type Entry = { place: number; word: string | undefined; name: string };

/** A value that can be written in several ways: which one, and then that. */
export function EitherForm({
  schema,
  value,
  path,
  label,
  onRemove,
  options,
}: FormProps & { options: Schema[] }) {
  const { set } = useForm();
  const chosen = alternativeOf(options, value);
  const option = options[chosen] ?? {};
  const { description } = resolved(schema);
  const key = String(path.at(-1));
  // Alternatives that are only a choice among words stand in the same list as the others.
  const entries = options.flatMap((option, place): Entry[] => {
    const shape = shapeOf(option);
    if (shape.is === "choice")
      return shape.options.map((word) => ({ place, word, name: word.replaceAll("_", " ") }));
    return [{ place, word: undefined, name: nameOf(key, option, place) }];
  });
  const at = entries.findIndex(
    (it) => it.place === chosen && (it.word === undefined || it.word === String(value)),
  );
  const isWord = entries[at]?.word !== undefined || shapeOf(option).is === "truth";
  return (
    <fieldset className="form-group either">
      <legend>{label}</legend>
      <RemoveButton of={label} onRemove={onRemove} />
      <div className="segments" role="radiogroup" aria-label={label}>
        {entries.map((it, n) => (
          <label key={`${it.place}:${it.name}`} className={n === at ? "chosen" : ""}>
            <input
              type="radio"
              className="visually-hidden"
              name={path.join("/")}
              checked={n === at}
              onChange={() => set(path, it.word ?? beginningOf(options[it.place] ?? {}))}
            />
            {it.name}
          </label>
        ))}
      </div>
      {isWord ? (
        <small className="form-hint">{description}</small>
      ) : (
        <SchemaForm
          schema={{ ...option, ...(option.description ? {} : { description: description ?? "" }) }}
          value={value}
          path={path}
          label={entries[at]?.name ?? label}
        />
      )}
    </fieldset>
  );
}

function nameOf(key: string, option: Schema, place: number): string {
  const given = words.form.alternatives[key]?.[place];
  if (given) return given;
  const name = refersTo(option);
  if (name) return words.form.definitions[name] ?? human(name);
  return words.form.shapes[shapeOf(option).is] ?? shapeOf(option).is;
}
