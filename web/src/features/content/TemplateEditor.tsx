import { useMemo, useState } from "react";
import { useSearchParams } from "wouter";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Notice } from "../../design/Notice";
import { contentText as words } from "../../text/content";
import { EditorBar } from "../files/EditorBar";
import { Findings } from "../files/Findings";
import { PublishFile } from "../files/PublishFile";
import { TextPane } from "../files/TextPane";
import type { FileStart } from "../files/useFileStart";
import { useWorkflowFile } from "../workflows/useWorkflowFile";
import { ContentPane } from "./ContentPane";
import { LanguageChoice } from "./LanguageChoice";
import { NewTemplate } from "./NewTemplate";
import { PartFields } from "./PartFields";
import { PreviewPane } from "./PreviewPane";
import { TestSend } from "./TestSend";
import { templateIn } from "./template";
import { NOBODY, type Trial } from "./usePreview";
import { useProposals } from "./useProposals";
import { ViewChoice } from "./ViewChoice";

type Props = { name: string; start: FileStart };

type Open = "publish" | "test" | "copy";

/** A template as parts, blocks or code, and as a file; how it looks beside it. */
export function TemplateEditor({ name, start }: Props) {
  const file = useWorkflowFile(start.path, start);
  const proposals = useProposals(start.portfolio.files);
  const [open, setOpen] = useState<Open | undefined>(undefined);
  const [locale, setLocale] = useState<string | undefined>(undefined);
  const [trial, setTrial] = useState<Trial>(NOBODY);
  const content = useMemo(() => templateIn(file.text), [file.text]);
  const [readable, setReadable] = useState(file.text);
  if (content && file.text !== readable) setReadable(file.text);
  const shown = content ?? templateIn(readable);
  const errors = file.diagnostics.filter((it) => it.severity === "error");
  const close = () => setOpen(undefined);
  const chooseLocale = (locale: string | undefined) => {
    setLocale(locale);
    setTrial({ ...trial, locale: locale ?? "" });
  };
  // In the query rather than the path: the editor stays when the view changes.
  const [params] = useSearchParams();
  const isFile = params.get("view") === "file" || !shown;
  return (
    <div className="stack">
      <EditorBar
        file={file}
        errors={errors}
        onPublish={() => setOpen("publish")}
        actions={
          <>
            <Button size="small" onClick={() => setOpen("copy")}>
              {words.copy}
            </Button>
            <Button size="small" onClick={() => setOpen("test")}>
              {words.test}
            </Button>
          </>
        }
      >
        <ViewChoice name={name} view={isFile ? "file" : "content"} />
      </EditorBar>
      <Failure error={file.error} />
      {isFile ? null : <Findings found={errors} />}
      {content ? null : <Notice look="warn" title={words.notRead} />}
      <div className="template-columns">
        <div className="stack">
          {isFile ? (
            <TextPane file={file} proposals={proposals} />
          ) : (
            <>
              <LanguageChoice file={file} content={shown} locale={locale} onChoose={chooseLocale} />
              <PartFields
                key={locale ?? ""}
                file={file}
                content={shown}
                locale={locale}
                proposals={proposals}
              />
              {shown.channel === "email" ? (
                <ContentPane
                  key={`content-${locale ?? ""}`}
                  file={file}
                  content={shown}
                  locale={locale}
                  proposals={proposals}
                />
              ) : null}
            </>
          )}
        </div>
        <PreviewPane
          name={name}
          file={file}
          trial={trial}
          locales={shown?.locales ?? []}
          onTrial={setTrial}
        />
      </div>
      {open === "publish" ? (
        <PublishFile file={file} consequence={words.publishConsequence} onClose={close} />
      ) : null}
      {open === "test" ? <TestSend file={file} trial={trial} onClose={close} /> : null}
      <NewTemplate open={open === "copy"} onClose={close} of={{ name, text: file.text }} />
    </div>
  );
}
