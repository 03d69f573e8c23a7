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
import { text } from "../../../text/en";
import { words } from "../../../text/flow";
import "./canvas.css";
import type { Dragged } from "./drag";
import { idOf, type Layout, layout, STEP_HEIGHT, STEP_WIDTH, TRIGGER_ID } from "./layout";
import { litLines } from "./light";
import { EndNode, JoinNode, StepNode, TriggerNode } from "./nodes";
import { PlusEdge } from "./PlusEdge";
import type { Path, Tree } from "./tree";

/** How a step differs from another version of it. */
export type Mark = "added" | "changed" | "removed";

/** What there is to say of a step beside what it is. */
export type StepNote = {
  /** In a corner: who is here, how many passed. */
  badge?: string | undefined;
  errors?: number;
  warnings?: number;
  mark?: Mark | undefined;
  /** How many came along the line to it. */
  came?: number | undefined;
};

/** The workflow itself, where a step could be chosen: what lets contacts in, and everything that isn't a step. */
export const WHOLE: Path = [];

type Props = {
  tree: Tree;
  notes: ReadonlyMap<string, StepNote>;
  selected?: Path | undefined;
  /** What is chosen besides, with the first: steps of one list. */
  also?: readonly Path[] | undefined;
  /** Asked, by Shift and a click, to choose everything up to a step. */
  onStretch?: ((path: Path) => void) | undefined;
  /** A step, a way, or the whole. */
  onSelect?: ((path: Path | undefined) => void) | undefined;
  /** Asked for a new step on a line; without it nothing can be changed. */
  onInsert?: ((list: Path, place: number) => void) | undefined;
  onDrop?: ((what: Dragged, list: Path, place: number) => void) | undefined;
  /** The steps of a path that is lit; what is beside it is dimmed. */
  lit?: ReadonlySet<string> | undefined;
  /** A place to bring into view, whenever another one is given. */
  reveal?: { path: Path } | undefined;
  /** What the trigger's corner says. */
  entered?: string | undefined;
};

/** The whole drawing, but never larger than life. */
const FIT = { maxZoom: 1, padding: 0.08 };

/** Below this nothing can be read or met with a finger: a drawing that is larger is shown from its beginning. */
const READABLE_ZOOM = 0.85;

const NODE_TYPES = { trigger: TriggerNode, step: StepNode, join: JoinNode, end: EndNode };
const EDGE_TYPES = { plus: PlusEdge };

export function Canvas(props: Props) {
  return (
    <ReactFlowProvider>
      <Flow {...props} />
    </ReactFlowProvider>
  );
}

function Flow(props: Props) {
  const { tree, notes, selected, also, onSelect, onStretch, onInsert, onDrop, lit, reveal, entered } = props;
  const placed = useMemo(() => layout(tree), [tree]);
  const selectedId = selected ? idOfSelected(selected) : undefined;
  // What isn't chosen or left keeps its object: React Flow looks only at those that are new.
  const allNodes = useMemo(
    () => nodesOf(placed, tree, notes, lit, entered),
    [placed, tree, notes, lit, entered],
  );
  const alsoIds = useMemo(() => new Set(also?.map(idOfSelected)), [also]);
  const nodes = useMemo(
    () =>
      allNodes.map((node) => {
        if (node.id === selectedId) return { ...node, selected: true };
        return alsoIds.has(node.id) ? { ...node, className: "also" } : node;
      }),
    [allNodes, selectedId, alsoIds],
  );
  const isStretching = useRef(false);
  const allEdges = useMemo(
    () => edgesOf(placed, notes, { onInsert, onDrop, onSelect }, lit),
    [placed, notes, onInsert, onDrop, onSelect, lit],
  );
  const edges = useMemo(
    () =>
      allEdges.map((edge) =>
        edge.data?.wayId !== undefined && edge.data.wayId === selectedId
          ? { ...edge, data: { ...edge.data, isSelected: true } }
          : edge,
      ),
    [allEdges, selectedId],
  );
  const frame = useRef<HTMLDivElement>(null);
  useFirstView(frame, placed);
  useReveal(frame, placed, reveal);
  return (
    <div
      className="canvas"
      ref={frame}
      onPointerDownCapture={(event) => {
        isStretching.current = event.shiftKey;
      }}
      onKeyDownCapture={() => {
        isStretching.current = false;
      }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={NODE_TYPES}
        edgeTypes={EDGE_TYPES}
        minZoom={0.05}
        nodesDraggable={false}
        nodesConnectable={false}
        edgesFocusable={false}
        onlyRenderVisibleElements
        deleteKeyCode={null}
        selectionKeyCode={null}
        onNodesChange={(changes) => {
          // By mouse and by keyboard alike.
          const chosen = changes.find((change) => change.type === "select" && change.selected);
          const node = chosen && placed.nodes.find((other) => "id" in chosen && other.id === chosen.id);
          if (node?.kind === "step") {
            if (isStretching.current && onStretch) onStretch(node.step.path);
            else onSelect?.(node.step.path);
          }
          if (node?.kind === "trigger") onSelect?.(WHOLE);
        }}
        onPaneClick={() => onSelect?.(undefined)}
      >
        <Background gap={24} />
        <MiniMap pannable zoomable ariaLabel={words.canvas.miniMap} nodeClassName={miniature} />
        <Controls showInteractive={false} fitViewOptions={FIT} />
      </ReactFlow>
    </div>
  );
}

function miniature(node: Node): string {
  return node.type === "trigger" || node.type === "step" ? "" : "none";
}

export function idOfSelected(path: Path): string {
  return path.length === 0 ? TRIGGER_ID : idOf(path);
}

/** Shows the whole if it can be read, else the beginning; once, so that nobody's view is taken away. */
function useFirstView(frame: React.RefObject<HTMLDivElement | null>, placed: Layout): void {
  const { fitView, setViewport, getViewport } = useReactFlow();
  const isShown = useRef(false);
  const before = useRef(0);
  useEffect(() => {
    const show = () => {
      const { clientWidth: width = 0, clientHeight: height = 0 } = frame.current ?? {};
      // What stands in the middle stays there.
      const { x, y, zoom: now } = getViewport();
      if (isShown.current && width !== before.current) {
        void setViewport({ x: x + (width - before.current) / 2, y, zoom: now });
      }
      before.current = width;
      if (isShown.current || width === 0) return;
      isShown.current = true;
      const xs = placed.nodes.map((it) => it.x);
      const wide = Math.max(...xs) - Math.min(...xs) + STEP_WIDTH;
      const high = Math.max(...placed.nodes.map((it) => it.y)) + STEP_HEIGHT;
      const zoom = Math.min(width / wide, height / high) * (1 - FIT.padding);
      if (zoom >= READABLE_ZOOM) void fitView(FIT);
      else {
        void setViewport({ x: width / 2, y: 24, zoom: READABLE_ZOOM });
      }
    };
    if (!frame.current) return;
    const observer = new ResizeObserver(show);
    observer.observe(frame.current);
    return () => observer.disconnect();
  }, [frame, placed, fitView, setViewport, getViewport]);
}

/** Brings a place into view and gives it the focus. */
function useReveal(
  frame: React.RefObject<HTMLDivElement | null>,
  placed: Layout,
  reveal: Props["reveal"],
): void {
  const { setCenter, getZoom, getViewport } = useReactFlow();
  // biome-ignore lint/correctness/useExhaustiveDependencies: only another wish moves the view
  useEffect(() => {
    if (!reveal) return;
    const id = idOfSelected(reveal.path);
    const node = placed.nodes.find((it) => it.id === id);
    if (!node || !frame.current) return;
    const { x, y, zoom } = getViewport();
    const [left, top] = [node.x * zoom + x, node.y * zoom + y];
    const { clientWidth, clientHeight } = frame.current;
    const isInView =
      left >= 0 &&
      top >= 0 &&
      left + STEP_WIDTH * zoom <= clientWidth &&
      top + STEP_HEIGHT * zoom <= clientHeight;
    const moved = isInView
      ? Promise.resolve(true)
      : setCenter(node.x + STEP_WIDTH / 2, node.y + STEP_HEIGHT / 2, {
          zoom: Math.max(READABLE_ZOOM, getZoom()),
        });
    void moved.then(() =>
      requestAnimationFrame(() =>
        frame.current
          ?.querySelector<HTMLElement>(`[data-id="${CSS.escape(id)}"]`)
          ?.focus({ preventScroll: true }),
      ),
    );
  }, [reveal]);
}

function nodesOf(
  placed: Layout,
  tree: Tree,
  notes: ReadonlyMap<string, StepNote>,
  lit: ReadonlySet<string> | undefined,
  entered: string | undefined,
): Node[] {
  return placed.nodes.map((node) => {
    const common = {
      id: node.id,
      type: node.kind,
      position: { x: node.x, y: node.y },
      draggable: false,
    };
    switch (node.kind) {
      case "trigger":
        return {
          ...common,
          width: STEP_WIDTH,
          height: STEP_HEIGHT,
          ariaLabel: `${text.workflows.trigger} ${tree.triggers.join(", ")}`,
          data: { triggers: tree.triggers, entered },
        };
      case "step": {
        const { kind, id = "", summary } = node.step;
        return {
          ...common,
          width: STEP_WIDTH,
          height: STEP_HEIGHT,
          ariaLabel: `${text.workflows.kind[kind] ?? kind} ${id} ${summary}`,
          data: { step: node.step, note: notes.get(id), isDim: lit ? !lit.has(id) : false },
        };
      }
      default:
        return { ...common, selectable: false, focusable: false, data: {} };
    }
  });
}

type Doing = Pick<Props, "onInsert" | "onDrop" | "onSelect">;

function edgesOf(
  placed: Layout,
  notes: ReadonlyMap<string, StepNote>,
  { onInsert, onDrop, onSelect }: Doing,
  lit: ReadonlySet<string> | undefined,
): Edge[] {
  const shining = lit && litLines(placed, lit);
  const ids = new Map(placed.nodes.flatMap((it) => (it.kind === "step" ? [[it.id, it.step.id ?? ""]] : [])));
  return placed.lines.map(({ id, from, to, label, at, way, isDead }) => ({
    id,
    type: "plus",
    source: from,
    target: to,
    focusable: false,
    className: [isDead ? "dead" : "", shining ? (shining.has(id) ? "lit" : "dim") : ""]
      .filter(Boolean)
      .join(" "),
    data: {
      label,
      way,
      at,
      wayId: way && idOf(way),
      came: notes.get(ids.get(to) ?? "")?.came,
      onInsert: onInsert && at ? () => onInsert(at.list, at.place) : undefined,
      onDrop: onDrop && at ? (what: Dragged) => onDrop(what, at.list, at.place) : undefined,
      onSelect: onInsert && onSelect && way ? () => onSelect(way) : undefined,
    },
  }));
}
