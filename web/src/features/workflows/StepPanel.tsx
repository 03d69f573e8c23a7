import { useEffect, useState } from "react";
import { Button } from "../../design/Button";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { Issues } from "../forms/Issues";
import { Labelled } from "../forms/Labelled";
import { Properties } from "../forms/ObjectForm";
import { definition, isAllowed } from "../forms/schema";
import { TextInput } from "../forms/TextInput";
import { issuesAt, useForm } from "../forms/tools";
import { duplicateStep, moveStep, removeStep, renameStep, replaceStep, textOfStep } from "./canvas/edit";
import { familyOf, KindIcon } from "./canvas/KindIcon";
import type { Path, Step, Tree } from "./canvas/tree";

type Props = {
  tree: Tree;
  step: Step;
  /** The ids that runs and reports know already. */
  published: ReadonlySet<string>;
  onChange: (text: string) => void;
  go: (path: Path | undefined) => void;
};

const STEP = definition("step");

/** One step: a form for it, its text, and what can be done with it. */
export function StepPanel({ tree, step, published, onChange, go }: Props) {
  const { issues } = useForm();
  const list = step.path.slice(0, -1);
  const place = Number(step.path.at(-1));
  const value = tree.document.getIn(step.path) as { toJSON: () => unknown } | undefined;
  const only = Object.keys(STEP.properties ?? {}).filter(
    (key) =>
      key === step.kind ||
      key === "note" ||
      (STEP.dependentSchemas?.[key] !== undefined && isAllowed(STEP, key, [step.kind])),
  );
  const move = (to: number) => {
    onChange(moveStep(tree, step.path, list, to));
    go([...list, to > place ? to - 1 : to]);
  };
  return (
    <div className="stack">
      <div className="panel-head">
        <span className={`node-tile ${familyOf(step.kind)}`}>
          <KindIcon kind={step.kind} />
        </span>
        <div>
          <h2>{text.workflows.kind[step.kind] ?? step.kind}</h2>
          <p className="soft small">{STEP.properties?.[step.kind]?.description}</p>
        </div>
      </div>
      <Issues issues={issuesAt(issues, step.path, false)} />
      <Labelled label={words.canvas.id} hint={words.canvas.idHint} path={[...step.path, "id"]}>
        {(control) => (
          <TextInput
            control={control}
            value={step.id ?? ""}
            onValue={(id) => onChange(renameStep(tree, step, id || undefined, published))}
          />
        )}
      </Labelled>
      <Properties schema={STEP} value={value?.toJSON()} path={step.path} only={only} isFixed />
      <StepText tree={tree} step={step} onChange={onChange} />
      <div className="row">
        <Button size="small" disabled={place === 0} onClick={() => move(place - 1)}>
          {text.workflows.moveUp}
        </Button>
        <Button size="small" onClick={() => move(place + 2)}>
          {text.workflows.moveDown}
        </Button>
        <Button size="small" onClick={() => onChange(duplicateStep(tree, step.path))}>
          {text.workflows.duplicate}
        </Button>
        <Button
          size="small"
          look="danger"
          onClick={() => {
            onChange(removeStep(tree, step.path));
            go(undefined);
          }}
        >
          {text.workflows.remove}
        </Button>
      </div>
    </div>
  );
}

/** The step as it stands in the file. */
function StepText({ tree, step, onChange }: Pick<Props, "tree" | "step" | "onChange">) {
  const current = textOfStep(tree, step);
  const [typed, setTyped] = useState(current);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => setTyped(current), [current]);
  return (
    <details className="step-text">
      <summary>{text.workflows.text}</summary>
      <p className="soft small">{text.workflows.textHint}</p>
      <textarea
        aria-label={text.workflows.text}
        rows={Math.min(14, Math.max(4, typed.split("\n").length))}
        spellCheck={false}
        value={typed}
        aria-invalid={isBroken}
        onChange={(event) => {
          setTyped(event.target.value);
          setBroken(replaceStep(tree, step.path, event.target.value) === undefined);
        }}
        onBlur={() => {
          const next = typed === current ? undefined : replaceStep(tree, step.path, typed);
          if (next !== undefined) onChange(next);
        }}
      />
    </details>
  );
}
