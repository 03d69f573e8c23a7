import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { useRested } from "../../design/useRested";
import { testsText as words } from "../../text/tests";
import { EditorBar } from "../files/EditorBar";
import { Findings } from "../files/Findings";
import { PublishFile } from "../files/PublishFile";
import { TextPane } from "../files/TextPane";
import { type FileStart, useFileStart } from "../files/useFileStart";
import { withFile } from "../workflows/portfolio";
import { TestTimeline } from "../workflows/TestTimeline";
import { useWorkflowFile } from "../workflows/useWorkflowFile";
import { useOtherDrafts } from "./useOtherDrafts";
import "../workflows/tests.css";
import "./test.css";

/** How long nobody must have typed before it is played. */
const REST_MS = 600;

/** One scenario test: its file, and what happens in it as it is written. */
export default function Test({ name }: { name: string }) {
  const start = useFileStart(`tests/${name}.test.yaml`);
  return (
    <div className="stack">
      <p className="small">
        <Link href="/workflows">{words.back}</Link>
      </p>
      <h1>{name}</h1>
      <p className="soft">{words.lead}</p>
      <Loaded query={start}>{(start) => <Editor key={start.portfolio.revision} start={start} />}</Loaded>
    </div>
  );
}

function Editor({ start }: { start: FileStart }) {
  const file = useWorkflowFile(start.path, start);
  const others = useOtherDrafts(file.path);
  const [isPublishing, setPublishing] = useState(false);
  const [, go] = useLocation();
  const text = useRested(file.text, REST_MS);
  const files = (others.data ?? []).reduce(
    (files, it) => withFile(files, it.path, it.text),
    withFile(file.portfolio.files, file.path, text),
  );
  const played = useQuery({
    queryKey: ["test", file.path, text, others.dataUpdatedAt],
    queryFn: () => must(api.POST("/api/v1/test", { body: { files, only: [file.path] } })),
    enabled: others.isSuccess,
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const test = played.data?.tests.find((it) => it.file === file.path);
  const errors = file.diagnostics.filter((it) => it.severity === "error");
  const workflow = test?.steps[0]?.workflow ?? "";
  return (
    <div className="stack">
      <EditorBar file={file} errors={errors} onPublish={() => setPublishing(true)} />
      <Failure error={file.error} />
      <Findings found={errors} />
      <div className="test-columns">
        <TextPane file={file} />
        <section className="card stack tight" aria-label={words.playing}>
          <div className="row">
            {played.isFetching ? (
              <Badge>{words.playing}</Badge>
            ) : test ? (
              <Badge look={test.verdict === "passed" ? "good" : "bad"}>
                {words.verdicts[test.verdict] ?? test.verdict}
              </Badge>
            ) : null}
            {others.data?.length ? (
              <span className="soft small">{words.drafts(others.data.length)}</span>
            ) : null}
          </div>
          <Failure error={played.error} />
          {test ? (
            <TestTimeline test={test} workflow={workflow} onStep={() => go(`/workflows/${workflow}`)} />
          ) : played.data ? (
            <p className="soft small">{words.nothing}</p>
          ) : null}
        </section>
      </div>
      {isPublishing ? (
        <PublishFile
          file={file}
          consequence={words.publishConsequence}
          onClose={() => setPublishing(false)}
        />
      ) : null}
    </div>
  );
}
