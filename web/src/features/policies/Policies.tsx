import { useQuery } from "@tanstack/react-query";
import { lazy, Suspense, useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { policiesText as words } from "../../text/policies";
import { segmentsText } from "../../text/segments";
import { useKnown } from "../conditions/useKnown";
import { Findings } from "../files/Findings";
import { PublishFile } from "../files/PublishFile";
import { type FileStart, useFileStart } from "../files/useFileStart";
import { useUndoKeys } from "../workflows/useUndoKeys";
import { useWorkflowFile } from "../workflows/useWorkflowFile";
import { PolicyForm } from "./PolicyForm";
import { Priorities } from "./Priorities";
import { PATH, policiesIn, withPolicy } from "./policy";
import "../conditions/conditions.css";
import "./policies.css";

const FileEditor = lazy(() =>
  import("../workflows/editor/FileEditor").then((it) => ({ default: it.FileEditor })),
);

/** What counts for all workflows together: as a form and as text, and the order of the workflows. */
export default function Policies() {
  const start = useFileStart(PATH);
  const workflows = useQuery({ queryKey: ["workflows"], queryFn: () => must(api.GET("/api/v1/workflows")) });
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.lead}</p>
      </div>
      <Loaded query={start}>
        {(start) => (
          <>
            <Editor key={start.portfolio.revision} start={start} />
            {workflows.data?.workflows.length ? (
              <Priorities
                key={`order-${start.portfolio.revision}`}
                workflows={workflows.data.workflows}
                portfolio={start.portfolio}
              />
            ) : null}
          </>
        )}
      </Loaded>
    </div>
  );
}

function Editor({ start }: { start: FileStart }) {
  const file = useWorkflowFile(PATH, start);
  const known = useKnown();
  const [hasText, setHasText] = useState(false);
  const [isPublishing, setPublishing] = useState(false);
  const policies = policiesIn(file.text);
  const [last, setLast] = useState(policies);
  if (policies && JSON.stringify(policies) !== JSON.stringify(last)) setLast(policies);
  const shown = policies ?? last;
  // Without a file nothing is wrong yet.
  const isThere = file.text.trim() !== "";
  const errors = file.diagnostics.filter((it) => isThere && it.severity === "error");
  const isChanged = file.text !== (file.published ?? "");
  useUndoKeys(file);
  return (
    <div className="stack">
      <div className="row apart">
        <div className="row">
          <Button size="small" onClick={file.undo} disabled={!file.undo}>
            {text.workflows.undo}
          </Button>
          <Button size="small" onClick={file.redo} disabled={!file.redo}>
            {text.workflows.redo}
          </Button>
          <Button size="small" aria-pressed={hasText} onClick={() => setHasText(!hasText)}>
            {segmentsText.text}
          </Button>
          <span className={errors.length ? "badge bad" : "badge good"} role="status">
            {file.isChecking
              ? text.workflows.checking
              : errors.length
                ? text.workflows.errors(errors.length)
                : text.workflows.fine}
          </span>
        </div>
        {isChanged ? (
          <div className="row">
            <span className="soft small">{text.workflows.unpublished}</span>
            <Button size="small" onClick={() => void file.discard()}>
              {text.workflows.discard}
            </Button>
            <Button size="small" look="main" disabled={errors.length > 0} onClick={() => setPublishing(true)}>
              {text.workflows.publish}
            </Button>
          </div>
        ) : null}
      </div>
      <Failure error={file.error} />
      <Findings found={errors} />
      {policies ? null : <Notice look="warn" title={segmentsText.notRead} />}
      <div className={hasText ? "policy-columns" : ""}>
        <div className="stack">
          {shown ? (
            <PolicyForm
              policies={shown}
              known={known}
              onChange={(key, value) => policies && file.change(withPolicy(file.text, key, value))}
            />
          ) : null}
        </div>
        {hasText ? (
          <Suspense fallback={<p className="soft">{text.loading}</p>}>
            <div className="policy-text">
              <FileEditor
                label={file.path}
                text={file.text}
                diagnostics={file.diagnostics.filter((it) => it.file === file.path)}
                onChange={file.change}
              />
            </div>
          </Suspense>
        ) : null}
      </div>
      {isPublishing ? (
        <PublishFile file={file} consequence={words.consequence} onClose={() => setPublishing(false)} />
      ) : null}
    </div>
  );
}
