import { BaseEdge, EdgeLabelRenderer, type EdgeProps, getSmoothStepPath } from "@xyflow/react";
import { memo, useState } from "react";
import { text } from "../../../text/en";
import { words } from "../../../text/flow";
import { type Dragged, dragged } from "./drag";
import type { Path } from "./tree";

type Data = {
  label?: string;
  way?: Path;
  at?: { list: Path; place: number };
  isSelected?: boolean;
  came?: number;
  onInsert?: () => void;
  onDrop?: (what: Dragged) => void;
  onSelect?: () => void;
};

/** A line with the name of its way, how many came along, and a button for a new step on it; a step can be dropped there. */
export const PlusEdge = memo(function PlusEdge(props: EdgeProps) {
  const { id, sourceX, sourceY, targetX, targetY, sourcePosition, targetPosition } = props;
  const { label, way, at, isSelected, came, onInsert, onDrop, onSelect } = (props.data ?? {}) as Data;
  const [isOver, setOver] = useState(false);
  const [path, labelX] = getSmoothStepPath({
    sourceX,
    sourceY,
    targetX,
    targetY,
    sourcePosition,
    targetPosition,
    borderRadius: 12,
  });
  const x = label ? targetX : labelX;
  return (
    <>
      <BaseEdge id={id} path={path} />
      <EdgeLabelRenderer>
        {label ? (
          <button
            type="button"
            className={`way-label nopan ${isSelected ? "selected" : ""}`}
            title={label}
            disabled={!onSelect}
            aria-pressed={isSelected}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${targetY - 48}px)` }}
            draggable={onSelect !== undefined}
            onDragStart={(event) => {
              if (way) dragged.begin(event, { way });
            }}
            onClick={onSelect}
          >
            {label}
          </button>
        ) : null}
        {came !== undefined ? (
          <span
            className="came"
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${targetY - 20}px)` }}
          >
            {words.canvas.came(came)}
          </span>
        ) : null}
        {onInsert ? (
          <button
            type="button"
            className={`plus nopan nodrag ${isOver ? "over" : ""}`}
            aria-label={label ? `${text.workflows.addStep}: ${label}` : text.workflows.addStep}
            data-place={JSON.stringify(at)}
            style={{ transform: `translate(-50%, -50%) translate(${x}px, ${targetY - 18}px)` }}
            onClick={onInsert}
            onDragOver={(event) => {
              if (!dragged.isOurs(event)) return;
              event.preventDefault();
              setOver(true);
            }}
            onDragLeave={() => setOver(false)}
            onDrop={(event) => {
              setOver(false);
              const what = dragged.what(event);
              if (what) onDrop?.(what);
            }}
          >
            +
          </button>
        ) : null}
      </EdgeLabelRenderer>
    </>
  );
});
