import { lazy, Suspense, useCallback, useMemo, useState } from "react";
import type { Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { AddStep } from "./AddStep";
import { Canvas, type StepNote } from "./canvas/Canvas";
import { insertStep, moveStep } from "./canvas/edit";
import { everyStep, type Kind, type Path, samePath, treeOf } from "./canvas/tree";
import { PublishDialog } from "./PublishDialog";
import { StepPanel } from "./StepPanel";
import { useUndoKeys } from "./useUndoKeys";
import { useWorkflowFile, type useWorkflowStart } from "./useWorkflowFile";

const FileEditor = lazy(() => import("./editor/FileEditor").then((it) => ({ default: it.FileEditor })));

type Props = {
  name: string;
  start: NonNullable<ReturnType<typeof useWorkflowStart>["data"]>;
  view: Schemas["WorkflowView"] | undefined;
};

/** The drawing and the text of a workflow, side by side: they are the same thing. */
export function CanvasTab({ name, start, view }: Props) {
  const words = text.workflows;
  const file = useWorkflowFile(name, start);
  const [selected, select] = useState<Path | undefined>(undefined);
  const [adding, setAdding] = useState<{ list: Path; place: number } | undefined>(undefined);
  const [isPublishing, setPublishing] = useState(false);
  const [hasText, setHasText] = useState(false);

  const parsed = useMemo(() => treeOf(file.text), [file.text]);
  const [last, setLast] = useState(parsed);
  if (parsed && parsed !== last) setLast(parsed);
  // While a text is being typed it may be no YAML for a moment: the drawing waits.
  const tree = parsed ?? last;
  const steps = useMemo(() => (tree ? everyStep(tree.steps) : []), [tree]);
  const step = selected && steps.find((other) => samePath(other.path, selected));
  const here = useMemo(
    () => file.diagnostics.filter((it) => it.file === file.path),
    [file.diagnostics, file.path],
  );
  const notes = useMemo(() => notesOf(steps, here, view), [steps, here, view]);
  const nErrors = file.diagnostics.filter((it) => it.severity === "error").length;

  const { change } = file;
  const onInsert = useCallback((list: Path, place: number) => setAdding({ list, place }), []);
  const onMove = useCallback(
    (from: Path, list: Path, place: number) => tree && change(moveStep(tree, from, list, place)),
    [tree, change],
  );
  const add = (kind: Kind) => {
    if (tree && adding) {
      change(insertStep(tree, adding.list, adding.place, kind));
      select([...adding.list, adding.place]);
    }
    setAdding(undefined);
  };

  useUndoKeys(file);
  return (
    <div className="stack canvas-tab">
      <div className="row apart">
        <div className="row">
          <Button size="small" onClick={file.undo} disabled={!file.undo}>
            {words.undo}
          </Button>
          <Button size="small" onClick={file.redo} disabled={!file.redo}>
            {words.redo}
          </Button>
          <Button size="small" aria-pressed={hasText} onClick={() => setHasText(!hasText)}>
            {words.tab.file}
          </Button>
          <span className={nErrors ? "badge bad" : "badge good"} role="status">
            {file.isChecking ? words.checking : nErrors ? words.errors(nErrors) : words.fine}
          </span>
        </div>
        {file.isChanged ? (
          <div className="row">
            <span className="soft small">{words.unpublished}</span>
            <Button size="small" onClick={() => void file.discard()}>
              {words.discard}
            </Button>
            <Button size="small" look="main" onClick={() => setPublishing(true)}>
              {words.publish}
            </Button>
          </div>
        ) : null}
      </div>
      <Failure error={file.error} />
      {nErrors ? (
        <Notice look="bad" title={words.errors(nErrors)}>
          <ul className="stack tight small">
            {file.diagnostics
              .filter((it) => it.severity === "error")
              .map((it) => (
                <li key={`${it.file}:${it.line}:${it.column}:${it.code}`}>
                  <code>
                    {it.file}:{it.line}
                  </code>{" "}
                  {it.message}
                  {it.fix ? <span className="soft"> – {it.fix}</span> : null}
                </li>
              ))}
          </ul>
        </Notice>
      ) : null}
      <div className={`canvas-area ${hasText ? "with-text" : ""}`}>
        {tree ? (
          <Canvas
            tree={tree}
            notes={notes}
            selected={selected}
            onSelect={(step) => select(step?.path)}
            onInsert={onInsert}
            onMove={onMove}
          />
        ) : null}
        {hasText ? (
          <Suspense fallback={text.loading}>
            <FileEditor
              label={file.path}
              text={file.text}
              diagnostics={here}
              lines={step?.lines}
              onChange={file.change}
            />
          </Suspense>
        ) : null}
        <aside className="card panel" aria-label={words.step}>
          {tree && step ? (
            <StepPanel
              key={`${step.path.join("/")}`}
              tree={tree}
              step={step}
              portfolio={file.portfolio}
              found={here.filter((it) => isIn(it.line, step.lines))}
              onChange={file.change}
              onGone={() => select(undefined)}
            />
          ) : (
            <p className="soft">{words.pick}</p>
          )}
        </aside>
      </div>
      <AddStep open={adding !== undefined} onPick={add} onClose={() => setAdding(undefined)} />
      {isPublishing ? <PublishDialog name={name} file={file} onClose={() => setPublishing(false)} /> : null}
    </div>
  );
}

function isIn(line: number, [first, last]: [number, number]): boolean {
  return line >= first && line <= last;
}

/** What there is to say of each step, by its id: who is there, and what the server found in its lines. */
function notesOf(
  steps: ReturnType<typeof everyStep>,
  found: Schemas["Diagnostic"][],
  view: Schemas["WorkflowView"] | undefined,
): Map<string, StepNote> {
  const counts = new Map<string, { here: number; taken: number }>();
  for (const version of view?.versions ?? []) {
    for (const step of version.steps) {
      const sum = counts.get(step.id) ?? { here: 0, taken: 0 };
      counts.set(step.id, { here: sum.here + step.here, taken: sum.taken + step.taken });
    }
  }
  return new Map(
    steps.flatMap((step) => {
      if (!step.id) return [];
      // What is found inside a nested step is that step's.
      const own = found.filter(
        (it) =>
          isIn(it.line, step.lines) &&
          !step.ways.some((way) => everyStep(way.steps).some((inner) => isIn(it.line, inner.lines))),
      );
      const errors = own.filter((it) => it.severity === "error").length;
      const warnings = own.filter((it) => it.severity === "warning").length;
      return [[step.id, { ...counts.get(step.id), errors, warnings }] as const];
    }),
  );
}
