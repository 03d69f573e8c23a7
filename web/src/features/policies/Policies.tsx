import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { policiesText as words } from "../../text/policies";
import { segmentsText } from "../../text/segments";
import { useKnown } from "../conditions/useKnown";
import { EditorBar } from "../files/EditorBar";
import { Findings } from "../files/Findings";
import { PublishFile } from "../files/PublishFile";
import { TextPane } from "../files/TextPane";
import { type FileStart, useFileStart } from "../files/useFileStart";
import { useWorkflowFile } from "../workflows/useWorkflowFile";
import { PolicyForm } from "./PolicyForm";
import { Priorities } from "./Priorities";
import { PATH, policiesIn, withPolicy } from "./policy";
import "../conditions/conditions.css";
import "./policies.css";

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
  return (
    <div className="stack">
      <EditorBar file={file} errors={errors} canDiscard onPublish={() => setPublishing(true)}>
        <Button size="small" aria-pressed={hasText} onClick={() => setHasText(!hasText)}>
          {segmentsText.text}
        </Button>
      </EditorBar>
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
        {hasText ? <TextPane file={file} /> : null}
      </div>
      {isPublishing ? (
        <PublishFile file={file} consequence={words.consequence} onClose={() => setPublishing(false)} />
      ) : null}
    </div>
  );
}
