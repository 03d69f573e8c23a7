import { Dialog } from "../../design/Dialog";
import { blocksText as words } from "../../text/blocks";
import { KINDS, type Kind } from "./document";

type Props = { open: boolean; onPick: (kind: Kind) => void; onClose: () => void };

/** Which kind of block is wanted. */
export function AddBlock({ open, onPick, onClose }: Props) {
  return (
    <Dialog title={words.addTitle} open={open} onClose={onClose}>
      <ul className="block-kinds">
        {KINDS.map((kind) => (
          <li key={kind}>
            <button type="button" className="block-kind" onClick={() => onPick(kind)}>
              <strong>{words.kinds[kind][0]}</strong>
              <span className="soft small">{words.kinds[kind][1]}</span>
            </button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
