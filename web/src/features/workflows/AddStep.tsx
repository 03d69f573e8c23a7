import { Dialog } from "../../design/Dialog";
import { text } from "../../text/en";
import { definition } from "../forms/schema";
import { familyOf, KindIcon } from "./canvas/KindIcon";
import { KINDS, type Kind } from "./canvas/tree";

type Props = { open: boolean; onPick: (kind: Kind) => void; onClose: () => void };

const { properties = {} } = definition("step");

/** Which kind of step is wanted. */
export function AddStep({ open, onPick, onClose }: Props) {
  return (
    <Dialog title={text.workflows.addTitle} open={open} onClose={onClose}>
      <ul className="kinds">
        {KINDS.map((kind) => (
          <li key={kind}>
            <button
              type="button"
              className="kind-choice"
              aria-describedby={`kind-${kind}`}
              onClick={() => onPick(kind)}
            >
              <span className={`node-tile ${familyOf(kind)}`}>
                <KindIcon kind={kind} />
              </span>
              <strong>{text.workflows.kind[kind] ?? kind}</strong>
              <span className="soft" aria-hidden="true">
                {properties[kind]?.description}
              </span>
            </button>
            <span id={`kind-${kind}`} hidden>
              {properties[kind]?.description}
            </span>
          </li>
        ))}
      </ul>
    </Dialog>
  );
}
