import { keepPreviousData, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { words } from "../../text/flow";
import { testsText } from "../../text/tests";
import { NewTest } from "../tests/NewTest";
import { withFile } from "./portfolio";
import { TestTimeline } from "./TestTimeline";
import type { WorkflowFile } from "./useWorkflowFile";
import "./tests.css";

export type PlayedTest = Schemas["PlayedTest"];

type Props = {
  workflow: string;
  file: WorkflowFile;
  /** The test whose path is lit, by its file. */
  chosen: string | undefined;
  onChoose: (test: PlayedTest | undefined) => void;
  /** A step that a line of the timeline is about. */
  onStep: (id: string) => void;
};

/** The portfolio's tests, played with the file as it stands here. */
export function TestsPane({ workflow, file, chosen, onChoose, onStep }: Props) {
  const [isWriting, setWriting] = useState(false);
  const played = useQuery({
    queryKey: ["tests", file.path, file.text],
    queryFn: () =>
      must(
        api.POST("/api/v1/test", { body: { files: withFile(file.portfolio.files, file.path, file.text) } }),
      ),
    placeholderData: keepPreviousData,
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
  const tests = (played.data?.tests ?? []).filter((test) => concerns(test, workflow, file));
  const nFailed = tests.filter((test) => test.verdict !== "passed").length;
  const test = tests.find((it) => it.file === chosen);
  return (
    <section className="card tests-pane" aria-label={words.tests.title}>
      <div className="row apart">
        <h2>{words.tests.title}</h2>
        <div className="row">
          <span className={`badge ${nFailed ? "bad" : "good"}`} role="status">
            {played.isFetching ? words.tests.playing : words.tests.sum(tests.length, nFailed)}
          </span>
          <Button size="small" onClick={() => void played.refetch()}>
            {words.tests.again}
          </Button>
          <Button size="small" onClick={() => setWriting(true)}>
            {testsText.create}
          </Button>
        </div>
      </div>
      <Failure error={played.error} />
      {played.data && tests.length === 0 ? (
        <p className="soft small">
          {played.data.diagnostics.some((it) => it.severity === "error")
            ? words.tests.broken
            : words.tests.none}
        </p>
      ) : null}
      <ul className="test-list">
        {tests.map((it) => (
          <li key={it.file}>
            <button
              type="button"
              className={`test ${it.verdict}`}
              aria-pressed={it.file === chosen}
              onClick={() => onChoose(it.file === chosen ? undefined : it)}
            >
              <span
                className="test-mark"
                role="img"
                aria-label={words.tests.verdicts[it.verdict] ?? it.verdict}
              >
                {it.verdict === "passed" ? "✓" : "✗"}
              </span>
              <span>{it.test || it.file}</span>
            </button>
          </li>
        ))}
      </ul>
      {test ? (
        <div className="stack tight">
          <Link className="small" href={`/tests/${test.file.replace(/^tests\/|\.test\.yaml$/g, "")}`}>
            {testsText.edit}
          </Link>
          <TestTimeline test={test} workflow={workflow} onStep={onStep} />
        </div>
      ) : null}
      <NewTest workflow={workflow} open={isWriting} onClose={() => setWriting(false)} />
    </section>
  );
}

/** A test concerns a workflow that its runs came by, or that it names. */
function concerns(test: PlayedTest, workflow: string, file: WorkflowFile): boolean {
  const text = file.portfolio.files.find((it) => it.path === test.file)?.text ?? "";
  return test.steps.some((it) => it.workflow === workflow) || text.includes(workflow);
}
