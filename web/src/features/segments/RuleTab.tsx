import { useState } from "react";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { segmentsText as words } from "../../text/segments";
import { AudiencePreview } from "../conditions/AudiencePreview";
import { PredicateBuilder } from "../conditions/PredicateBuilder";
import { useKnown } from "../conditions/useKnown";
import { EditorBar } from "../files/EditorBar";
import { Findings } from "../files/Findings";
import { PublishFile } from "../files/PublishFile";
import { TextPane } from "../files/TextPane";
import type { FileStart } from "../files/useFileStart";
import { useWorkflowFile } from "../workflows/useWorkflowFile";
import { RemoveSegment } from "./RemoveSegment";
import { ruleIn, withRule, withTitle } from "./segment";

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
  return (
    <div className="stack">
      <EditorBar
        file={file}
        errors={errors}
        onPublish={() => setPublishing(true)}
        actions={
          isPublished ? (
            <Button size="small" look="danger" onClick={() => setRemoving(true)}>
              {words.remove}
            </Button>
          ) : null
        }
      >
        <Button
          size="small"
          aria-pressed={hasText}
          onClick={() => setHasText(!hasText)}
          title={words.comments}
        >
          {words.text}
        </Button>
      </EditorBar>
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
          {hasText ? <TextPane file={file} /> : null}
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
