import { useState } from "react";
import { Icon } from "../../design/Icon";
import { blocksText as words } from "../../text/blocks";
import { BEGINNINGS, type Path } from "./document";
import { useBlocks } from "./tools";

type Props = { list: Path; place: number; label: string; isEmpty: boolean };

/** A place between blocks: something can be dropped or added there. */
export function DropPlace({ list, place, label, isEmpty }: Props) {
  const { dragged, drag, moveTo, insert, add } = useBlocks();
  const [isOver, setOver] = useState(false);
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: what drops something here by keyboard is the button and the keys
    <div
      className="drop-place"
      data-open={dragged !== undefined}
      data-over={isOver}
      data-empty={isEmpty}
      onDragOver={(event) => {
        if (!dragged) return;
        event.preventDefault();
        event.stopPropagation();
        setOver(true);
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(event) => {
        event.preventDefault();
        event.stopPropagation();
        setOver(false);
        if (dragged && "kind" in dragged) insert(list, place, BEGINNINGS[dragged.kind]);
        else if (dragged) moveTo(dragged.from, list, place);
        drag(undefined);
      }}
    >
      <button
        type="button"
        className="add-block"
        aria-label={`${words.addHere}: ${label}, ${place + 1}`}
        title={words.addHere}
        onClick={() => add(list, place)}
      >
        <Icon name="plus" />
      </button>
    </div>
  );
}
