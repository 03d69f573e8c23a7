/** What stands on the canvas. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { memo } from "react";
import { text } from "../../../text/en";
import { words } from "../../../text/flow";
import type { StepNote } from "./Canvas";
import { dragged } from "./drag";
import { familyOf, KindIcon } from "./KindIcon";
import type { Step } from "./tree";

function Handles() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

export const TriggerNode = memo(function TriggerNode({ data, selected }: NodeProps) {
  const { triggers, entered } = data as { triggers: string[]; entered: string | undefined };
  return (
    <div className={`node trigger ${selected ? "selected" : ""}`}>
      <span className="node-tile good">
        <KindIcon kind="trigger" />
      </span>
      <span className="node-kind">{text.workflows.trigger}</span>
      <strong className="node-line" title={triggers.join("\n")}>
        {triggers.join(" · ")}
      </strong>
      {entered ? <span className="node-count">{entered}</span> : null}
      <Handles />
    </div>
  );
});

export const StepNode = memo(function StepNode({ data, selected }: NodeProps) {
  const { step, note, isDim } = data as { step: Step; note: StepNote | undefined; isDim: boolean };
  const looks = [
    // What is dragged is the step, not the view: whoever pans would keep the browser from dragging.
    "node step nopan",
    step.kind,
    note?.errors ? "has-errors" : note?.warnings ? "has-warnings" : "",
    note?.mark ?? "",
    selected ? "selected" : "",
    isDim ? "dim" : "",
  ];
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: React Flow gives the node its role and keys
    <div
      className={looks.filter(Boolean).join(" ")}
      draggable
      onDragStart={(event) => dragged.begin(event, { step: step.path })}
    >
      <span className={`node-tile ${familyOf(step.kind)}`}>
        <KindIcon kind={step.kind} />
      </span>
      <span className="node-kind">
        {text.workflows.kind[step.kind] ?? step.kind}
        {note?.mark ? <span className="node-mark"> · {words.canvas.marks[note.mark]}</span> : null}
      </span>
      <strong className="node-line" title={step.summary}>
        {step.summary || step.id}
      </strong>
      <span className="node-id">{step.summary ? step.id : ""}</span>
      {note?.errors ? <span className="node-flag" title={text.workflows.errors(note.errors)} /> : null}
      {note?.badge ? <span className="node-count">{note.badge}</span> : null}
      <Handles />
    </div>
  );
});

export const JoinNode = memo(function JoinNode() {
  return (
    <div className="node join">
      <Handles />
    </div>
  );
});

export const EndNode = memo(function EndNode() {
  return (
    <div className="node join end" title={text.workflows.end}>
      <Handles />
    </div>
  );
});
