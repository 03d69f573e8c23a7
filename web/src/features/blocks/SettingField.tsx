import { useId } from "react";
import { blocksText as words } from "../../text/blocks";
import { LiquidInput } from "../forms/LiquidInput";
import { at, type Path, withValue } from "./document";
import { type FieldOf, USUAL } from "./fields";
import { useBlocks } from "./tools";

const LEVELS = [1, 2, 3];

/** What a field of colour shows if nothing is said and nothing is usual. */
const NO_COLOR = "#888888";

/** One thing that can be set. */
export function SettingField({ field, path, of }: { field: FieldOf; path: Path; of: string }) {
  const { document, change, proposals } = useBlocks();
  const id = useId();
  const value = at(document, path);
  const shown = value === undefined || value === null ? "" : String(value);
  const label = words.fields[field.key] ?? field.key;
  const put = (next: unknown) => {
    const holder = path.slice(0, -1);
    const isStyle = holder.at(-1) === "style";
    // A style appears with the first that is set of it, and goes with the last.
    const begun = isStyle && at(document, holder) === undefined ? withValue(document, holder, {}) : document;
    const set = withValue(begun, path, next);
    const left = at(set, holder) as object | undefined;
    change(isStyle && left && Object.keys(left).length === 0 ? withValue(set, holder, undefined) : set);
  };
  return (
    <div className="setting" data-as={field.as}>
      <label htmlFor={id}>{label}</label>
      {field.as === "liquid" ? (
        <LiquidInput
          control={{ id, "aria-describedby": `${id}-hint`, "aria-invalid": false }}
          value={shown}
          proposals={proposals}
          isLive
          onValue={(next) =>
            put(next === "" && field.key !== "link" && field.key !== "image" ? undefined : next)
          }
        />
      ) : field.as === "align" || field.as === "level" ? (
        <select
          id={id}
          value={shown || (field.as === "level" ? "1" : "left")}
          onChange={(event) => put(field.as === "level" ? Number(event.target.value) : event.target.value)}
        >
          {field.as === "level"
            ? LEVELS.map((it) => <option key={it}>{it}</option>)
            : Object.entries(words.aligns).map(([it, name]) => (
                <option key={it} value={it}>
                  {name}
                </option>
              ))}
        </select>
      ) : field.as === "number" ? (
        <input
          id={id}
          type="number"
          min={field.min}
          max={field.max}
          value={shown}
          placeholder={words.asUsual}
          onChange={(event) => put(event.target.value === "" ? undefined : Number(event.target.value))}
        />
      ) : field.as === "color" ? (
        <span className="setting-color">
          <input
            type="color"
            aria-label={words.chooseColor(`${label}, ${of}`)}
            value={/^#[0-9a-f]{6}$/i.test(shown) ? shown : (USUAL[field.key] ?? NO_COLOR)}
            onChange={(event) => put(event.target.value)}
          />
          <input
            id={id}
            value={shown}
            placeholder={words.asUsual}
            spellCheck={false}
            onChange={(event) => put(event.target.value || undefined)}
          />
        </span>
      ) : (
        <input
          id={id}
          value={shown}
          placeholder={words.asUsual}
          spellCheck={false}
          onChange={(event) => put(event.target.value || undefined)}
        />
      )}
      <small id={`${id}-hint`} className="form-hint">
        {words.hints[field.key]}
      </small>
    </div>
  );
}
