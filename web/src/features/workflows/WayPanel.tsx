import { useState } from "react";
import { Button } from "../../design/Button";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { copySteps, removeStep } from "./canvas/edit";
import type { Path, Tree, Way } from "./canvas/tree";

type Props = { tree: Tree; way: Way; onChange: (text: string) => void; go: (path: Path | undefined) => void };

/** A way with everything on it. */
export function WayPanel({ tree, way, onChange, go }: Props) {
  const [isCopied, setCopied] = useState(false);
  return (
    <div className="stack">
      <div>
        <h2>{words.canvas.way}</h2>
        <p>{way.label}</p>
        <p className="soft small">{words.canvas.wayHint}</p>
      </div>
      <ol className="way-steps">
        {way.steps.map((step) => (
          <li key={step.path.join("/")}>
            <Button size="small" look="plain" onClick={() => go(step.path)}>
              {text.workflows.kind[step.kind] ?? step.kind}: {step.summary || step.id}
            </Button>
          </li>
        ))}
      </ol>
      <div className="row">
        <Button
          size="small"
          disabled={way.steps.length === 0}
          onClick={() => {
            void navigator.clipboard.writeText(copySteps(tree, way.steps)).then(() => setCopied(true));
          }}
        >
          {words.canvas.copy}
        </Button>
        <Button
          size="small"
          look="danger"
          disabled={way.steps.length === 0}
          onClick={() => {
            onChange(removeStep(tree, way.path));
            go(undefined);
          }}
        >
          {words.canvas.removeAll}
        </Button>
      </div>
      {isCopied ? (
        <p role="status" className="soft small">
          {words.canvas.copied}
        </p>
      ) : null}
    </div>
  );
}
