import { lazy, Suspense } from "react";
import { Button } from "../../design/Button";
import { contentText as words } from "../../text/content";
import { text } from "../../text/en";
import type { Proposal } from "../forms/tools";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import {
  BEGINNINGS,
  CONTENTS,
  contentOf,
  foundWithin,
  pathOfPart,
  type TemplateContent,
  withPart,
} from "./template";

const BlockEditor = lazy(() => import("../blocks/BlockEditor").then((it) => ({ default: it.BlockEditor })));
const FileEditor = lazy(() =>
  import("../workflows/editor/FileEditor").then((it) => ({ default: it.FileEditor })),
);

type Props = {
  file: WorkflowFile;
  content: TemplateContent;
  locale: string | undefined;
  proposals: readonly Proposal[];
};

/** The page of an e-mail: as blocks, or as code in the language that it is written in. */
export function ContentPane({ file, content, locale, proposals }: Props) {
  const parts = content.partsOf(locale);
  const kind = contentOf(parts);
  if (!kind) {
    const own = contentOf(content.partsOf(undefined));
    return (
      <div className="stack tight">
        <p className="soft">{locale === undefined ? words.noContentAt : words.noContent}</p>
        <div className="row">
          {(own ? [own] : CONTENTS).map((it) => (
            <Button
              key={it}
              size="small"
              onClick={() =>
                file.change(withPart(file.text, locale, it, content.partsOf(undefined)[it] ?? BEGINNINGS[it]))
              }
            >
              {own ? words.beginContent : words.parts[it]}
            </Button>
          ))}
        </div>
      </div>
    );
  }
  const change = (value: unknown) => file.change(withPart(file.text, locale, kind, value));
  const path = pathOfPart(locale, kind);
  if (kind === "blocks") {
    return (
      <Suspense fallback={<p className="soft">{text.loading}</p>}>
        <BlockEditor file={file} path={path} value={parts.blocks} proposals={proposals} onChange={change} />
      </Suspense>
    );
  }
  const value = String(parts[kind] ?? "");
  const own = file.diagnostics.filter((it) => it.file === file.path);
  return (
    <div className="stack tight">
      <span className="content-label">{words.parts[kind]}</span>
      <Suspense fallback={<p className="soft">{text.loading}</p>}>
        <div className="content-code">
          <FileEditor
            label={words.parts[kind] ?? kind}
            text={value}
            language={kind}
            diagnostics={foundWithin(file.text, path, value, own)}
            proposals={proposals}
            onChange={change}
          />
        </div>
      </Suspense>
    </div>
  );
}
