import { blocksText as words } from "../../text/blocks";
import { type Path, type Section, withColumns } from "./document";
import { useBlocks } from "./tools";

/** How many columns a section can have. */
const COUNTS = [1, 2, 3, 4];

/** How many columns a section has, and how wide each is. */
export function SectionColumns({ section, path }: { section: Section; path: Path }) {
  const { set } = useBlocks();
  const n = section.columns.length;
  return (
    <div className="setting-grid">
      <div className="setting">
        <label htmlFor="n-columns">{words.nColumns}</label>
        <select
          id="n-columns"
          value={n}
          onChange={(event) => set(path, withColumns(section, Number(event.target.value)))}
        >
          {COUNTS.map((it) => (
            <option key={it}>{it}</option>
          ))}
        </select>
      </div>
      {n > 1 ? (
        <fieldset className="widths">
          <legend>{words.widths}</legend>
          {section.columns.map((column, place) => (
            <input
              // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place
              key={place}
              type="number"
              min={5}
              max={100}
              aria-label={words.widthOf(place + 1)}
              value={column.width ?? ""}
              placeholder={words.asUsual}
              onChange={(event) =>
                set(
                  [...path, "columns", place, "width"],
                  event.target.value === "" ? undefined : Number(event.target.value),
                )
              }
            />
          ))}
        </fieldset>
      ) : null}
    </div>
  );
}
