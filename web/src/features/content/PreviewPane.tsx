import { useState } from "react";
import { Failure } from "../../design/Failure";
import { contentText as words } from "../../text/content";
import { text } from "../../text/en";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import { Checks } from "./Checks";
import { MailFrame } from "./MailFrame";
import { TrialFields } from "./TrialFields";
import { type Trial, usePreview } from "./usePreview";

type Props = {
  name: string;
  file: WorkflowFile;
  trial: Trial;
  locales: readonly string[];
  onTrial: (trial: Trial) => void;
};

type Width = keyof typeof words.widths;

/** How a template looks to somebody now, and what speaks against it. */
export function PreviewPane({ name, file, trial, locales, onTrial }: Props) {
  const [width, setWidth] = useState<Width>("wide");
  const preview = usePreview(file.path, file.text, trial);
  const content = preview.data?.content ?? {};
  const { html, subject, preheader, from, title, body } = content;
  const line = (value: unknown) => (typeof value === "string" ? value : "");
  return (
    <section className="preview-pane stack tight" aria-labelledby="preview">
      <div className="row apart">
        <h2 id="preview">{words.preview}</h2>
        <div className="row">
          <fieldset className="view-choice" aria-label={words.width}>
            {(Object.keys(words.widths) as Width[]).map((it) => (
              <button key={it} type="button" aria-pressed={it === width} onClick={() => setWidth(it)}>
                {words.widths[it]}
              </button>
            ))}
          </fieldset>
          <label className="chip">
            <input
              type="checkbox"
              className="visually-hidden"
              checked={trial.dark}
              onChange={(event) => onTrial({ ...trial, dark: event.target.checked })}
            />
            {words.dark}
          </label>
        </div>
      </div>
      <TrialFields trial={trial} locales={locales} onTrial={onTrial} />
      <Failure error={preview.error} />
      {preview.data ? (
        <div className="preview-mail" data-stale={preview.isPlaceholderData || preview.isError}>
          {typeof subject === "string" ? (
            <header className="preview-head">
              {from ? <span className="soft small">{line(from)}</span> : null}
              <strong>{subject}</strong>
              {preheader ? <span className="soft small">{line(preheader)}</span> : null}
            </header>
          ) : null}
          {typeof html === "string" ? (
            <div className="preview-page" data-width={width}>
              <MailFrame title={words.previewOf(name)} html={html} />
            </div>
          ) : (
            <div className="preview-page" data-width="narrow">
              <div className="bubble">
                {title ? <strong>{line(title)}</strong> : null}
                <p>{line(body) || line(content.text)}</p>
              </div>
            </div>
          )}
        </div>
      ) : preview.error ? null : (
        <p className="soft" role="status">
          {text.loading}
        </p>
      )}
      {preview.data ? <Checks preview={preview.data} /> : null}
    </section>
  );
}
