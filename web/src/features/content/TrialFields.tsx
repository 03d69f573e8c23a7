import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../../api/client";
import { Field } from "../../design/Field";
import { useRested } from "../../design/useRested";
import { contentText as words } from "../../text/content";
import { dataOf, type Trial } from "./usePreview";

/** How long nobody must have typed before contacts are looked for. */
const REST_MS = 250;

/** How many contacts are proposed. */
const PROPOSED_MAX = 8;

type Props = { trial: Trial; locales: readonly string[]; onTrial: (trial: Trial) => void };

/** For whom and with what a template is tried out. */
export function TrialFields({ trial, locales, onTrial }: Props) {
  const wanted = useRested(trial.contact.trim(), REST_MS);
  const found = useQuery({
    queryKey: ["contacts-like", wanted],
    queryFn: () =>
      must(
        api.POST("/api/v1/contacts/search", {
          body: { limit: PROPOSED_MAX, ...(wanted ? { q: wanted } : {}) } as Schemas["SearchBody"],
        }),
      ),
    placeholderData: (before) => before,
  });
  return (
    <div className="trial-fields">
      <Field label={words.as} hint={words.asHint}>
        <input
          list="preview-contacts"
          value={trial.contact}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onTrial({ ...trial, contact: event.target.value })}
        />
      </Field>
      <datalist id="preview-contacts">
        {found.data?.contacts.map((it) => (
          <option
            key={it.id}
            value={it.user_id ?? it.id}
            label={[it.name, it.email].filter(Boolean).join(" · ")}
          />
        ))}
      </datalist>
      <Field label={words.locale} hint={words.localeHint}>
        <input
          list="preview-locales"
          value={trial.locale}
          autoComplete="off"
          spellCheck={false}
          onChange={(event) => onTrial({ ...trial, locale: event.target.value })}
        />
      </Field>
      <datalist id="preview-locales">
        {locales.map((it) => (
          <option key={it} value={it} />
        ))}
      </datalist>
      <details className="trial-data">
        <summary>{words.data}</summary>
        <Field label={words.data} hint={dataOf(trial.data) ? words.dataHint : words.dataWrong}>
          <textarea
            rows={4}
            spellCheck={false}
            value={trial.data}
            aria-invalid={dataOf(trial.data) === undefined}
            onChange={(event) => onTrial({ ...trial, data: event.target.value })}
          />
        </Field>
      </details>
    </div>
  );
}
