import { useEffect, useState } from "react";
import type { Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { duplicateStep, moveStep, removeStep, replaceStep, setValue, textOfStep } from "./canvas/edit";
import type { Step, Tree } from "./canvas/tree";
import { StepFields } from "./StepFields";

type Props = {
  tree: Tree;
  step: Step;
  portfolio: Schemas["PortfolioView"];
  found: Schemas["Diagnostic"][];
  onChange: (text: string) => void;
  onGone: () => void;
};

/** One step: its fields, its text, and what can be done with it. */
export function StepPanel({ tree, step, portfolio, found, onChange, onGone }: Props) {
  const words = text.workflows;
  const current = textOfStep(tree, step);
  const [typed, setTyped] = useState(current);
  const [isBroken, setBroken] = useState(false);
  useEffect(() => setTyped(current), [current]);
  const list = step.path.slice(0, -1);
  const place = Number(step.path.at(-1));
  const move = (to: number) => {
    onChange(moveStep(tree, step.path, list, to));
    onGone();
  };
  return (
    <div className="stack">
      <div>
        <h2>{words.kind[step.kind] ?? step.kind}</h2>
        {step.id ? <code>{step.id}</code> : null}
      </div>
      {found.map((it) => (
        <Notice
          key={`${it.line}:${it.column}:${it.code}`}
          look={it.severity === "error" ? "bad" : "warn"}
          title={it.message}
        >
          {it.fix ? <p>{it.fix}</p> : null}
        </Notice>
      ))}
      <StepFields
        tree={tree}
        step={step}
        portfolio={portfolio}
        onValue={(path, value) => onChange(setValue(tree, path, value))}
      />
      <Field label={words.text} hint={words.textHint}>
        <textarea
          rows={Math.min(14, Math.max(4, typed.split("\n").length))}
          spellCheck={false}
          value={typed}
          aria-invalid={isBroken}
          onChange={(event) => {
            setTyped(event.target.value);
            const next = replaceStep(tree, step.path, event.target.value);
            setBroken(next === undefined);
          }}
          onBlur={() => {
            const next = typed === current ? undefined : replaceStep(tree, step.path, typed);
            if (next !== undefined) onChange(next);
          }}
        />
      </Field>
      <div className="row">
        <Button size="small" disabled={place === 0} onClick={() => move(place - 1)}>
          {words.moveUp}
        </Button>
        <Button size="small" onClick={() => move(place + 2)}>
          {words.moveDown}
        </Button>
        <Button size="small" onClick={() => onChange(duplicateStep(tree, step.path))}>
          {words.duplicate}
        </Button>
        <Button
          size="small"
          look="danger"
          onClick={() => {
            onChange(removeStep(tree, step.path));
            onGone();
          }}
        >
          {words.remove}
        </Button>
      </div>
    </div>
  );
}
