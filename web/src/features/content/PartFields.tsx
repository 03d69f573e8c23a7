import { contentText as words } from "../../text/content";
import type { Proposal } from "../forms/tools";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import { PartField } from "./PartField";
import { fieldsOf, type TemplateContent } from "./template";

type Props = {
  file: WorkflowFile;
  content: TemplateContent;
  locale: string | undefined;
  proposals: readonly Proposal[];
};

/** The parts of a template that are lines: subject, sender and the like. */
export function PartFields({ file, content, locale, proposals }: Props) {
  const { always, rarely } = fieldsOf(content.channel);
  const parts = content.partsOf(locale);
  const field = (part: string) => (
    <PartField
      key={part}
      file={file}
      part={part}
      value={parts[part]}
      inherited={locale === undefined ? undefined : content.partsOf(undefined)[part]}
      locale={locale}
      proposals={proposals}
    />
  );
  return (
    <div className="stack tight">
      {always.map(field)}
      {rarely.length ? (
        <details className="part-more" open={rarely.some((it) => it in parts)}>
          <summary>{words.otherParts}</summary>
          <div className="stack tight">{rarely.map(field)}</div>
        </details>
      ) : null}
    </div>
  );
}
