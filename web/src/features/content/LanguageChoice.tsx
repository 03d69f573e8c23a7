import { useState } from "react";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Field } from "../../design/Field";
import { contentText as words } from "../../text/content";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import { type TemplateContent, withPart } from "./template";

type Props = {
  file: WorkflowFile;
  content: TemplateContent;
  locale: string | undefined;
  onChoose: (locale: string | undefined) => void;
};

/** For which language the parts below are. */
export function LanguageChoice({ file, content, locale, onChoose }: Props) {
  const [isAdding, setAdding] = useState(false);
  const [typed, setTyped] = useState("");
  const add = () => {
    const name = typed.trim().toLowerCase();
    if (!content.locales.includes(name)) {
      const part = content.channel === "email" ? "subject" : "body";
      file.change(withPart(file.text, name, part, content.partsOf(undefined)[part] ?? ""));
    }
    setAdding(false);
    setTyped("");
    onChoose(name);
  };
  return (
    <div className="row">
      {content.locales.length ? (
        <>
          <span className="soft small" aria-hidden="true">
            {words.language}
          </span>
          <fieldset className="view-choice" aria-label={words.language}>
            {[undefined, ...content.locales].map((it) => (
              <button
                key={it ?? ""}
                type="button"
                aria-pressed={it === locale}
                lang={it}
                onClick={() => onChoose(it)}
              >
                {it ?? words.ownLanguage}
              </button>
            ))}
          </fieldset>
        </>
      ) : null}
      <Button size="small" look="plain" onClick={() => setAdding(true)}>
        {words.addLanguage}
      </Button>
      <Dialog
        title={words.addLanguageTitle}
        lead={words.addLanguageLead}
        open={isAdding}
        onClose={() => setAdding(false)}
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            add();
          }}
        >
          <Field label={words.locale} hint={words.localeHint}>
            <input
              required
              pattern="[a-zA-Z]{2,3}([\-_][a-zA-Z0-9]{2,8})*"
              value={typed}
              onChange={(event) => setTyped(event.target.value)}
            />
          </Field>
          <div>
            <Button type="submit" look="main">
              {words.addIt}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}
