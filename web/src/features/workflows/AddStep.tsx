import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { text } from "../../text/en";
import { KINDS, type Kind } from "./canvas/tree";

type Props = { open: boolean; onPick: (kind: Kind) => void; onClose: () => void };

/** Which kind of step is wanted. */
export function AddStep({ open, onPick, onClose }: Props) {
  return (
    <Dialog title={text.workflows.addTitle} open={open} onClose={onClose}>
      <ul className="kinds">
        {KINDS.map((kind) => (
          <li key={kind}>
            <Button onClick={() => onPick(kind)}>{text.workflows.kind[kind] ?? kind}</Button>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
