import { blocksText as words } from "../../text/blocks";
import { at, BEGINNINGS, type BlockDocument, KINDS, keyOf, listsOf, type Path } from "./document";
import { useBlocks } from "./tools";

/** Where a block goes that is added without saying where: after the chosen one, else at the end. */
function placeFor(
  document: BlockDocument,
  chosen: Path | undefined,
): { list: Path; place: number } | undefined {
  const lists = listsOf(document);
  if (chosen && lists.some((it) => keyOf(it) === keyOf(chosen.slice(0, -1)))) {
    return { list: chosen.slice(0, -1), place: Number(chosen.at(-1)) + 1 };
  }
  const last = lists.at(-1);
  return last && { list: last, place: (at(document, last) as unknown[]).length };
}

/** The kinds of blocks, to drag to their place or to add with a click. */
export function Palette() {
  const { document, chosen, insert, drag } = useBlocks();
  return (
    <div className="stack tight">
      <p className="small soft">{words.palette}</p>
      <ul className="palette">
        {KINDS.map((kind) => (
          <li key={kind}>
            <button
              type="button"
              className="palette-kind"
              title={words.kinds[kind][1]}
              draggable
              onDragStart={(event) => {
                event.dataTransfer.effectAllowed = "copy";
                event.dataTransfer.setData("text/plain", words.kinds[kind][0]);
                drag({ kind });
              }}
              onDragEnd={() => drag(undefined)}
              onClick={() => {
                const place = placeFor(document, chosen);
                if (place) insert(place.list, place.place, BEGINNINGS[kind]);
              }}
            >
              {words.kinds[kind][0]}
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}
