import { lazy, Suspense, useState } from "react";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { segmentsText as words } from "../../text/segments";
import { AudiencePreview } from "../conditions/AudiencePreview";
import { PredicateBuilder } from "../conditions/PredicateBuilder";
import { useKnown } from "../conditions/useKnown";
import { Findings } from "../files/Findings";
import { PublishFile } from "../files/PublishFile";
import type { FileStart } from "../files/useFileStart";
import { useUndoKeys } from "../workflows/useUndoKeys";
import { useWorkflowFile } from "../workflows/useWorkflowFile";
import { RemoveSegment } from "./RemoveSegment";
import { ruleIn, withRule, withTitle } from "./segment";

const FileEditor = lazy(() =>
  import("../workflows/editor/FileEditor").then((it) => ({ default: it.FileEditor })),
);

/** The rule of a segment as a form and as text, with whom it means beside it. */
export function RuleTab({ start, isPublished }: { start: FileStart; isPublished: boolean }) {
  const file = useWorkflowFile(start.path, start);
  const known = useKnown();
  const [hasText, setHasText] = useState(false);
  const [isPublishing, setPublishing] = useState(false);
  const [isRemoving, setRemoving] = useState(false);
  const rule = ruleIn(file.text);
  const [last, setLast] = useState(rule);
  if (rule && JSON.stringify(rule) !== JSON.stringify(last)) setLast(rule);
  const shown = rule ?? last;
  const errors = file.diagnostics.filter((it) => it.severity === "error");
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
          <Button
            size="small"
            aria-pressed={hasText}
            onClick={() => setHasText(!hasText)}
            title={words.comments}
          >
            {words.text}
          </Button>
          <span className={errors.length ? "badge bad" : "badge good"} role="status">
            {file.isChecking
              ? text.workflows.checking
              : errors.length
                ? text.workflows.errors(errors.length)
                : text.workflows.fine}
          </span>
        </div>
        <div className="row">
          {file.isChanged && isPublished ? (
            <Button size="small" onClick={() => void file.discard()}>
              {text.workflows.discard}
            </Button>
          ) : null}
          {isPublished ? (
            <Button size="small" look="danger" onClick={() => setRemoving(true)}>
              {words.remove}
            </Button>
          ) : null}
          <Button
            size="small"
            look="main"
            disabled={!file.isChanged || errors.length > 0}
            onClick={() => setPublishing(true)}
          >
            {text.workflows.publish}
          </Button>
        </div>
      </div>
      <Failure error={file.error} />
      <div className="rule">
        <div className="stack">
          {rule ? null : <Notice look="warn" title={words.notRead} />}
          {shown ? (
            <>
              <Field label={words.titleField}>
                <input
                  value={shown.title}
                  disabled={!rule}
                  onChange={(event) => file.change(withTitle(file.text, event.target.value))}
                />
              </Field>
              <PredicateBuilder
                label={words.tabs.rule}
                condition={shown.where}
                known={known}
                onChange={(where) => rule && file.change(withRule(file.text, where))}
              />
            </>
          ) : null}
          {Object.keys(shown?.where ?? {}).length ? <Findings found={errors} /> : null}
          {hasText ? (
            <Suspense fallback={<p className="soft">{text.loading}</p>}>
              <div className="rule-text">
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
        <aside className="rule-preview">
          <AudiencePreview condition={shown?.where ?? {}} />
        </aside>
      </div>
      {isPublishing ? (
        <PublishFile
          file={file}
          consequence={words.publishConsequence}
          onClose={() => setPublishing(false)}
        />
      ) : null}
      {isRemoving ? <RemoveSegment file={file} onClose={() => setRemoving(false)} /> : null}
    </div>
  );
}
