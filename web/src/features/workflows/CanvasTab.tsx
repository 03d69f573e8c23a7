import { lazy, Suspense, useCallback, useMemo, useRef, useState } from "react";
import type { Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { AddStep } from "./AddStep";
import { Canvas, type StepNote } from "./canvas/Canvas";
import type { Dragged } from "./canvas/drag";
import { insertStep, moveStep, moveSteps, moveWay } from "./canvas/edit";
import { rangeOf, stretched } from "./canvas/range";
import { everyStep, everyWay, type Kind, type Path, type Step, samePath, treeOf } from "./canvas/tree";
import { FindStep } from "./FindStep";
import { FoundErrors } from "./FoundErrors";
import { issuesOf } from "./issues";
import { KeysDialog } from "./KeysDialog";
import { Panel } from "./Panel";
import { PublishDialog } from "./PublishDialog";
import { type PlayedTest, TestsPane } from "./TestsPane";
import { useCanvasKeys } from "./useCanvasKeys";
import { useUndoKeys } from "./useUndoKeys";
import { useWorkflowFile, type useWorkflowStart } from "./useWorkflowFile";

const FileEditor = lazy(() => import("./editor/FileEditor").then((it) => ({ default: it.FileEditor })));

type Props = {
  name: string;
  start: NonNullable<ReturnType<typeof useWorkflowStart>["data"]>;
};

/** The drawing and the text of a workflow, side by side: they are the same thing. */
export function CanvasTab({ name, start }: Props) {
  const file = useWorkflowFile(name, start);
  const [selected, setSelected] = useState<Path | undefined>(undefined);
  const [until, setUntil] = useState<Path | undefined>(undefined);
  const select = useCallback((path: Path | undefined) => {
    setSelected(path);
    setUntil(undefined);
  }, []);
  const [reveal, setReveal] = useState<{ path: Path } | undefined>(undefined);
  const [adding, setAdding] = useState<{ list: Path; place: number } | undefined>(undefined);
  const [open, setOpen] = useState<"publish" | "keys" | undefined>(undefined);
  const [beside, setBeside] = useState<"file" | "tests" | undefined>(undefined);
  const [test, setTest] = useState<PlayedTest | undefined>(undefined);
  const finder = useRef<HTMLInputElement>(null);

  const parsed = useMemo(() => treeOf(file.text), [file.text]);
  const [last, setLast] = useState(parsed);
  if (parsed && parsed !== last) setLast(parsed);
  // While a text is being typed it may be no YAML for a moment: the drawing waits.
  const tree = parsed ?? last;
  const steps = useMemo(() => (tree ? everyStep(tree.steps) : []), [tree]);
  const chosen = useMemo(() => {
    if (!selected || !tree) return undefined;
    const step = steps.find((other) => samePath(other.path, selected));
    const way = everyWay(tree.steps).find((other) => samePath(other.path, selected));
    return selected.length === 0 || step || way ? { path: selected, step, way } : undefined;
  }, [selected, tree, steps]);
  const range = useMemo(
    () => (chosen?.step ? rangeOf(steps, chosen.path, until) : []),
    [chosen, steps, until],
  );
  const also = useMemo(() => range.map((it) => it.path), [range]);
  const stretch = useCallback(
    (by: 1 | -1) => setUntil((until) => (selected && stretched(steps, selected, until, by)) ?? until),
    [steps, selected],
  );
  const here = useMemo(
    () => file.diagnostics.filter((it) => it.file === file.path),
    [file.diagnostics, file.path],
  );
  const issues = useMemo(
    () => (tree ? issuesOf(tree.document, file.text, here) : []),
    [tree, file.text, here],
  );
  const notes = useMemo(() => notesOf(steps, here), [steps, here]);

  const { change } = file;
  const onInsert = useCallback((list: Path, place: number) => setAdding({ list, place }), []);
  const onDrop = useCallback(
    (what: Dragged, list: Path, place: number) => {
      if (!tree) return;
      const isOfRange = "step" in what && also.some((path) => samePath(path, what.step));
      if (isOfRange) change(moveSteps(tree, also, list, place));
      else
        change(
          "step" in what ? moveStep(tree, what.step, list, place) : moveWay(tree, what.way, list, place),
        );
      select(undefined);
    },
    [tree, change, also, select],
  );
  const go = useCallback(
    (path: Path | undefined) => {
      select(path);
      if (path) setReveal({ path });
    },
    [select],
  );
  const find = useCallback(() => finder.current?.focus(), []);
  const add = (kind: Kind) => {
    if (tree && adding) {
      change(insertStep(tree, adding.list, adding.place, kind));
      go([...adding.list, adding.place]);
    }
    setAdding(undefined);
  };

  const show = (what: "file" | "tests") => {
    setBeside(beside === what ? undefined : what);
    setTest(undefined);
  };
  const lit = useMemo(
    () => test && new Set(test.steps.filter((it) => it.workflow === name).map((it) => it.step)),
    [test, name],
  );

  useUndoKeys(file);
  useCanvasKeys({ tree, chosen, range, stretch, change, go, find });
  return (
    <div className="stack canvas-tab">
      <div className="canvas-bar">
        <div className="row">
          <Button size="small" onClick={file.undo} disabled={!file.undo}>
            {text.workflows.undo}
          </Button>
          <Button size="small" onClick={file.redo} disabled={!file.redo}>
            {text.workflows.redo}
          </Button>
          <Button size="small" aria-pressed={beside === "file"} onClick={() => show("file")}>
            {text.workflows.tab.file}
          </Button>
          <Button size="small" aria-pressed={beside === "tests"} onClick={() => show("tests")}>
            {words.tests.title}
          </Button>
          <Button size="small" look="plain" onClick={() => setOpen("keys")}>
            {words.canvas.keys}
          </Button>
          {tree ? <FindStep tree={tree} input={finder} go={go} /> : null}
          <span role="status" className="small">
            {range.length > 1 ? words.canvas.several(range.length) : null}
          </span>
        </div>
        <div className="row">
          <FoundErrors
            found={file.diagnostics}
            isChecking={file.isChecking}
            onPick={(it) => {
              const step = it.file === file.path ? stepAt(steps, it.line) : undefined;
              go(step?.path ?? []);
            }}
          />
          {file.isChanged ? (
            <>
              <span className="soft small">{text.workflows.unpublished}</span>
              <Button size="small" onClick={() => void file.discard()}>
                {text.workflows.discard}
              </Button>
              <Button size="small" look="main" onClick={() => setOpen("publish")}>
                {text.workflows.publish}
              </Button>
            </>
          ) : null}
        </div>
      </div>
      <Failure error={file.error} />
      <div className={`canvas-area ${beside ? "with-text" : ""} ${chosen ? "with-panel" : ""}`}>
        {tree ? (
          <Canvas
            tree={tree}
            notes={notes}
            selected={selected}
            also={also}
            onSelect={select}
            onStretch={setUntil}
            onInsert={onInsert}
            onDrop={onDrop}
            reveal={reveal}
            lit={lit}
          />
        ) : null}
        {beside === "file" ? (
          <Suspense fallback={text.loading}>
            <FileEditor
              label={file.path}
              text={file.text}
              diagnostics={here}
              lines={chosen?.step?.lines}
              onChange={file.change}
            />
          </Suspense>
        ) : null}
        {beside === "tests" ? (
          <TestsPane
            workflow={name}
            file={file}
            chosen={test?.file}
            onChoose={setTest}
            onStep={(id) => go(steps.find((it) => it.id === id)?.path)}
          />
        ) : null}
        {tree && (chosen || !beside) ? (
          <Panel tree={tree} chosen={chosen} file={file} issues={issues} go={go} />
        ) : null}
      </div>
      <AddStep open={adding !== undefined} onPick={add} onClose={() => setAdding(undefined)} />
      <KeysDialog open={open === "keys"} onClose={() => setOpen(undefined)} />
      {open === "publish" ? (
        <PublishDialog name={name} file={file} onClose={() => setOpen(undefined)} />
      ) : null}
    </div>
  );
}

function isIn(line: number, [first, last]: [number, number]): boolean {
  return line >= first && line <= last;
}

/** The innermost step that a line belongs to. */
function stepAt(steps: Step[], line: number): Step | undefined {
  return steps.findLast((step) => isIn(line, step.lines));
}

/** What the server found in each step's lines; what is found inside a nested step is that step's. */
function notesOf(steps: Step[], found: Schemas["Diagnostic"][]): Map<string, StepNote> {
  const notes = new Map<string, StepNote>();
  for (const it of found) {
    const id = stepAt(steps, it.line)?.id;
    if (!id) continue;
    const note = notes.get(id) ?? { errors: 0, warnings: 0 };
    if (it.severity === "error") note.errors = (note.errors ?? 0) + 1;
    if (it.severity === "warning") note.warnings = (note.warnings ?? 0) + 1;
    notes.set(id, note);
  }
  return notes;
}
