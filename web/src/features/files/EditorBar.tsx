import type { ReactNode } from "react";
import type { Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { text } from "../../text/en";
import { useUndoKeys } from "../workflows/useUndoKeys";
import type { WorkflowFile } from "../workflows/useWorkflowFile";

type Props = {
  file: WorkflowFile;
  /** What is wrong in the file, as far as it counts. */
  errors: readonly Schemas["Diagnostic"][];
  /** Whether what is not published can be thrown away; else only if something is published. */
  canDiscard?: boolean;
  onPublish: () => void;
  /** Beside undo and redo. */
  children?: ReactNode;
  /** Before discarding and publishing. */
  actions?: ReactNode;
};

/** What stands above whatever edits one file: undo, what is wrong, and publishing. */
export function EditorBar({ file, errors, canDiscard, onPublish, children, actions }: Props) {
  const words = text.workflows;
  const isChanged = file.text !== (file.published ?? "");
  useUndoKeys(file);
  return (
    <div className="row apart">
      <div className="row">
        <Button size="small" onClick={file.undo} disabled={!file.undo}>
          {words.undo}
        </Button>
        <Button size="small" onClick={file.redo} disabled={!file.redo}>
          {words.redo}
        </Button>
        {children}
        <span className={errors.length ? "badge bad" : "badge good"} role="status">
          {file.isChecking ? words.checking : errors.length ? words.errors(errors.length) : words.fine}
        </span>
      </div>
      <div className="row">
        {isChanged ? <span className="soft small">{words.unpublished}</span> : null}
        {actions}
        {isChanged && (canDiscard ?? file.published !== undefined) ? (
          <Button size="small" onClick={() => void file.discard()}>
            {words.discard}
          </Button>
        ) : null}
        {isChanged ? (
          <Button size="small" look="main" disabled={errors.length > 0} onClick={onPublish}>
            {words.publish}
          </Button>
        ) : null}
      </div>
    </div>
  );
}
