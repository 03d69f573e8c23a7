import {
  Background,
  Controls,
  type Edge,
  MiniMap,
  type Node,
  ReactFlow,
  ReactFlowProvider,
  useReactFlow,
} from "@xyflow/react";
import "@xyflow/react/dist/style.css";
import { useEffect, useMemo, useRef } from "react";
import "./canvas.css";
import { idOf, type Layout, layout, STEP_HEIGHT, STEP_WIDTH } from "./layout";
import { EndNode, JoinNode, StepNode, TriggerNode } from "./nodes";
import { PlusEdge } from "./PlusEdge";
import type { Path, Step, Tree } from "./tree";

/** What the server says of a step. */
export type StepNote = { here?: number; taken?: number; errors: number; warnings: number };

type Props = {
  tree: Tree;
  notes: ReadonlyMap<string, StepNote>;
  selected: Path | undefined;
  onSelect: (step: Step | undefined) => void;
  /** Asked for a new step on a line; without it nothing can be changed. */
  onInsert?: ((list: Path, place: number) => void) | undefined;
  onMove?: ((from: Path, list: Path, place: number) => void) | undefined;
};

/** The whole drawing, but never larger than life. */
const FIT = { maxZoom: 1, padding: 0.1 };

const NODE_TYPES = { trigger: TriggerNode, step: StepNode, join: JoinNode, end: EndNode };
const EDGE_TYPES = { plus: PlusEdge };

export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow({ tree, notes, selected, onSelect, onInsert, onMove }: Props) {
  const placed = useMemo(() => layout(tree), [tree]);
  const selectedId = selected ? idOf(selected) : undefined;
  const nodes = useMemo(() => nodesOf(placed, tree, notes, selectedId), [placed, tree, notes, selectedId]);
  const edges = useMemo(() => edgesOf(placed, onInsert, onMove), [placed, onInsert, onMove]);
  const frame = useRef<HTMLDivElement>(null);
  const { fitView } = useReactFlow();
  useEffect(() => {
    if (!frame.current) return;
    const observer = new ResizeObserver(() => void fitView(FIT));
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [fitView]);
  return (
    <div className="canvas" ref={frame}>
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        fitView
        fitViewOptions={FIT}
        minZoom={0.1}
        nodesDraggable={false}
        nodesConnectable={false}
        onlyRenderVisibleElements
        onNodesChange={(changes) => {
          // By mouse and by keyboard alike.
          const chosen = changes.find((change) => change.type === "select" && change.selected);
          const node = chosen && placed.nodes.find((other) => "id" in chosen && other.id === chosen.id);
          if (node?.kind === "step") onSelect(node.step);
        }}
        onPaneClick={() => onSelect(undefined)}
      >
        <Background gap={24} />
        <MiniMap pannable zoomable ariaLabel="Mini-map" />
        <Controls showInteractive={false} />
      </ReactFlow>
    </div>
  );
}

function nodesOf(
  placed: Layout,
  tree: Tree,
  notes: ReadonlyMap<string, StepNote>,
  selected: string | undefined,
): Node[] {
  return placed.nodes.map((node) => {
    const common = { id: node.id, type: node.kind, position: { x: node.x, y: node.y }, draggable: false };
    switch (node.kind) {
      case "trigger":
        return { ...common, width: STEP_WIDTH, height: STEP_HEIGHT, data: { triggers: tree.triggers } };
      case "step":
        return {
          ...common,
          width: STEP_WIDTH,
          height: STEP_HEIGHT,
          selected: node.id === selected,
          ariaLabel: `${node.step.kind} ${node.step.id ?? ""} ${node.step.summary}`,
          data: { step: node.step, note: notes.get(node.step.id ?? "") },
        };
      default:
        return { ...common, selectable: false, focusable: false, data: {} };
    }
  });
}

function edgesOf(placed: Layout, onInsert: Props["onInsert"], onMove: Props["onMove"]): Edge[] {
  return placed.lines.map(({ id, from, to, label, at }) => ({
    id,
    type: "plus",
    source: from,
    target: to,
    focusable: false,
    data: {
      label,
      onInsert: onInsert && at ? () => onInsert(at.list, at.place) : undefined,
      onDropStep: onMove && at ? (step: Path) => onMove(step, at.list, at.place) : undefined,
    },
  }));
}
