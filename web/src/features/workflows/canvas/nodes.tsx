/** What stands on the canvas. */
import { Handle, type NodeProps, Position } from "@xyflow/react";
import { text } from "../../../text/en";
import type { StepNote } from "./Canvas";
import { dragged } from "./drag";
import type { Step } from "./tree";

function Handles() {
  return (
    <>
      <Handle type="target" position={Position.Top} isConnectable={false} />
      <Handle type="source" position={Position.Bottom} isConnectable={false} />
    </>
  );
}

export function TriggerNode({ data }: NodeProps) {
  const { triggers } = data as { triggers: string[] };
  return (
    <div className="node trigger">
      <strong>{text.workflows.trigger}</strong>
      <span className="node-line">{triggers.join(" · ")}</span>
      <Handles />
    </div>
  );
}

export function StepNode({ data, selected }: NodeProps) {
  const { step, note } = data as { step: Step; note: StepNote | undefined };
  const look = note?.errors ? "has-errors" : note?.warnings ? "has-warnings" : "";
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: React Flow gives the node its role and keys
    <div
      className={`node step ${step.kind} ${look} ${selected ? "selected" : ""}`}
      draggable
      onDragStart={(event) => dragged.begin(event, step.path)}
    >
      <span className="node-kind">{text.workflows.kind[step.kind] ?? step.kind}</span>
      <strong className="node-line">{step.id ?? step.summary}</strong>
      <span className="node-line soft small">{step.id ? step.summary : ""}</span>
      {note?.here !== undefined ? (
        <span className="node-count">
          {text.workflows.here(note.here)} · {text.workflows.taken(note.taken ?? 0)}
        </span>
      ) : null}
      <Handles />
    </div>
  );
}

export function JoinNode() {
  return (
    <div className="node join">
      <Handles />
    </div>
  );
}

export function EndNode() {
  return (
    <div className="node join end" title={text.workflows.end}>
      <Handles />
    </div>
  );
}
