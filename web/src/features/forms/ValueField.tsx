import { words } from "../../text/flow";
import { Labelled } from "./Labelled";
import { LiquidInput } from "./LiquidInput";
import { RemoveButton } from "./RemoveButton";
import type { FormProps } from "./SchemaForm";
import { shownScalar, typedScalar } from "./scalar";
import { resolved, type Shape } from "./schema";
import { TextInput } from "./TextInput";
import { useForm } from "./tools";
import { YamlInput } from "./YamlInput";

/** A single value. */
export function ValueField({ schema, value, path, label, onRemove, shape }: FormProps & { shape: Shape }) {
  const { set, namesFor, proposals } = useForm();
  const put = (next: unknown) => set(path, next);
  const { description } = resolved(schema);
  const remove = <RemoveButton of={label} onRemove={onRemove} />;
  const field = { label, hint: description, path, aside: remove };
  switch (shape.is) {
    case "truth":
      return (
        <div className="form-truth" title={description}>
          <span>{label}</span> {remove}
        </div>
      );
    case "flag":
      return (
        <Labelled {...field}>
          {(control) => (
            <select
              {...control}
              value={String(value)}
              onChange={(event) => put(event.target.value === "true")}
            >
              <option value="true">{words.form.yes}</option>
              <option value="false">{words.form.no}</option>
            </select>
          )}
        </Labelled>
      );
    case "choice":
      return (
        <Labelled {...field}>
          {(control) => (
            <select {...control} value={String(value ?? "")} onChange={(event) => put(event.target.value)}>
              {shape.options.includes(String(value)) ? null : <option value={String(value ?? "")} />}
              {shape.options.map((option) => (
                <option key={option} value={option}>
                  {option.replaceAll("_", " ")}
                </option>
              ))}
            </select>
          )}
        </Labelled>
      );
    case "number":
      return (
        <Labelled {...field}>
          {(control) => (
            <TextInput
              control={control}
              type="number"
              value={value === undefined ? "" : String(value)}
              onValue={(typed) => put(typed === "" ? undefined : Number(typed))}
            />
          )}
        </Labelled>
      );
    case "scalar":
      return (
        <Labelled {...field}>
          {(control) => (
            <TextInput
              control={control}
              value={shownScalar(value)}
              names={namesFor(path)}
              onValue={(typed) => put(typedScalar(typed))}
            />
          )}
        </Labelled>
      );
    case "names": {
      const items = Array.isArray(value) ? value : value === undefined ? [] : [value];
      const typed = (text: string) => {
        const parts = text.split(",").flatMap((part) => (part.trim() ? [typedScalar(part)] : []));
        put(parts.length === 1 && !Array.isArray(value) ? parts[0] : parts);
      };
      return (
        <Labelled {...field} hint={[description, words.form.comma].filter(Boolean).join(" ")}>
          {(control) => (
            <TextInput
              control={control}
              value={items.map(shownScalar).join(", ")}
              names={shape.options ?? namesFor(path)}
              onValue={typed}
            />
          )}
        </Labelled>
      );
    }
    case "text":
      return (
        <Labelled {...field}>
          {(control) =>
            shape.kind === "liquid" ? (
              <LiquidInput
                control={control}
                value={String(value ?? "")}
                proposals={proposals}
                onValue={put}
              />
            ) : (
              <TextInput
                control={control}
                value={String(value ?? "")}
                names={shape.kind === "period" ? words.form.periods : namesFor(path)}
                placeholder={
                  shape.kind === "period" ? words.form.period : shape.kind === "time" ? "09:00" : ""
                }
                onValue={(typed) => put(typed === "" && onRemove ? undefined : typed)}
              />
            )
          }
        </Labelled>
      );
    default:
      return (
        <Labelled {...field}>
          {(control) => <YamlInput control={control} value={value} onValue={put} />}
        </Labelled>
      );
  }
}
