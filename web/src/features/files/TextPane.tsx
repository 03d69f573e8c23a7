import { lazy, Suspense } from "react";
import { text } from "../../text/en";
import type { Proposal } from "../forms/tools";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import "./files.css";

const FileEditor = lazy(() =>
  import("../workflows/editor/FileEditor").then((it) => ({ default: it.FileEditor })),
);

/** The text of a file, with what was found in it at its lines; the editor is loaded when it is first shown. */
export function TextPane({ file, proposals }: { file: WorkflowFile; proposals?: readonly Proposal[] }) {
  return (
    <Suspense fallback={<p className="soft">{text.loading}</p>}>
      <div className="text-pane">
        <FileEditor
          label={file.path}
          text={file.text}
          diagnostics={file.diagnostics.filter((it) => it.file === file.path)}
          onChange={file.change}
          {...(proposals ? { proposals } : {})}
        />
      </div>
    </Suspense>
  );
}
