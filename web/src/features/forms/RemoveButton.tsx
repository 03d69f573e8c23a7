import { words } from "../../text/flow";

/** Takes a value away. */
export function RemoveButton({ of, onRemove }: { of: string; onRemove: (() => void) | undefined }) {
  if (!onRemove) return null;
  return (
    <button type="button" className="form-remove" aria-label={words.form.remove(of)} onClick={onRemove}>
      ×
    </button>
  );
}
