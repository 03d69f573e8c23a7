import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { useState } from "react";
import { text } from "../../../text/en";
import { dragged } from "./drag";
import type { Path } from "./tree";

type Data = { label?: string; onInsert?: () => void; onDropStep?: (from: Path) => void };

/** A line with the name of its way, and a button for a new step on it; a step can be dropped there. */
export function PlusEdge(props: EdgeProps) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const { label, onInsert, onDropStep } = (props.data ?? {}) as Data;
  const [isOver, setOver] = useState(false);
  const [path, labelX] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
  });
  const x = label ? targetX : labelX;
  return (
    <>
      <BaseEdge id={id} path={path} />
      <EdgeLabelRenderer>
        {label ? (
          <span
            className="way-label nopan"
            title={label}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${targetY - 44}px)` }}
          >
            {label}
          </span>
        ) : null}
        {onInsert ? (
          <button
            type="button"
            className={`plus nopan nodrag ${isOver ? "over" : ""}`}
            aria-label={label ? `${text.workflows.addStep}: ${label}` : text.workflows.addStep}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${targetY - 18}px)` }}
            onClick={onInsert}
            onDragOver={(event) => {
              if (!dragged.isStep(event)) return;
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              setOver(false);
              const from = dragged.path(event);
              if (from) onDropStep?.(from);
            }}
          >
            +
          </button>
        ) : null}
      </EdgeLabelRenderer>
    </>
  );
}
