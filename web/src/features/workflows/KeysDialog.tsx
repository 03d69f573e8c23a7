import { Dialog } from "../../design/Dialog";
import { words } from "../../text/flow";

/** What the keyboard does on the canvas. */
export function KeysDialog({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <Dialog title={words.canvas.keys} open={open} onClose={onClose}>
      <dl className="facts">
        {words.canvas.keyList.map(([keys, what]) => (
          <div key={keys} className="facts-row">
            <dt>
              <kbd>{keys}</kbd>
            </dt>
            <dd>{what}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  );
}
