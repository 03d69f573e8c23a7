/** Where everything stands on the canvas: the tree lays itself out, so that no file holds coordinates. */
import { type Path, STEPS, type Step, type Tree, type Way } from "./tree";

export const STEP_WIDTH = 248;
export const STEP_HEIGHT = 72;
const GAP_X = 28;
const GAP_Y = 68;
const JOIN_SIZE = 10;

export type Placed =
  | { id: string; kind: "trigger"; x: number; y: number }
  | { id: string; kind: "step"; x: number; y: number; step: Step }
  | { id: string; kind: "join" | "end"; x: number; y: number };

/** A line from one to the next, with the place where a new step on it would stand. */
export type Line = {
  id: string;
  from: string;
  to: string;
  label: string | undefined;
  /** The list of steps and the place in it; none where nothing can stand. */
  at: { list: Path; place: number } | undefined;
  /** The way that it begins, if it begins one. */
  way: Path | undefined;
  /** Whether no run comes along it: what is before it ends the run or goes elsewhere. */
  isDead: boolean;
};

export type Layout = { nodes: Placed[]; lines: Line[] };

export const TRIGGER_ID = "trigger";

export function idOf(path: Path): string {
  return path.join("/");
}

export function layout(tree: Tree): Layout {
  const placer = new Placer();
  placer.nodes.push({ id: TRIGGER_ID, kind: "trigger", x: -STEP_WIDTH / 2, y: 0 });
  const end = placer.list(tree.steps, STEPS, 0, STEP_HEIGHT + GAP_Y, { id: TRIGGER_ID });
  placer.nodes.push({ id: "end", kind: "end", x: -JOIN_SIZE / 2, y: end.y });
  placer.line(end.from, "end", STEPS, tree.steps.length);
  return { nodes: placer.nodes, lines: placer.lines };
}

type From = { id: string; way?: Way; isDead?: boolean };

/** The kinds after which a run doesn't come by what stands below. */
const ENDINGS = new Set(["exit", "goto"]);

class Placer {
  readonly nodes: Placed[] = [];
  readonly lines: Line[] = [];

  /** Places steps below each other, centred at `x`; answers where it goes on. */
  list(steps: Step[], path: Path, x: number, y: number, from: From): { y: number; from: From } {
    let at = { y, from };
    steps.forEach((step, place) => {
      at = this.step(step, path, place, x, at.y, at.from);
    });
    return at;
  }

  line(from: From, to: string, list: Path, place: number): void {
    const id = `${from.id}>${to}>${idOf(list)}`;
    this.lines.push({
      id,
      from: from.id,
      to,
      label: from.way?.label,
      at: { list, place },
      way: from.way?.path,
      isDead: from.isDead ?? false,
    });
  }

  /** A way without steps has a place of its own all the same, where the first would stand. */
  private slot(way: Way, x: number, y: number, from: From): From {
    const id = `${idOf(way.path)}/slot`;
    this.nodes.push({ id, kind: "join", x: x - JOIN_SIZE / 2, y });
    this.line(from, id, way.path, 0);
    return { id };
  }

  private step(step: Step, list: Path, place: number, x: number, y: number, from: From) {
    const id = idOf(step.path);
    this.nodes.push({ id, kind: "step", x: x - STEP_WIDTH / 2, y, step });
    this.line(from, id, list, place);
    const below = y + STEP_HEIGHT + GAP_Y;
    if (step.ways.length === 0) return { y: below, from: { id, isDead: ENDINGS.has(step.kind) } };
    const widths = step.ways.map((way) => widthOf(way.steps));
    let left = x - (widths.reduce((sum, width) => sum + width, 0) + GAP_X * (widths.length - 1)) / 2;
    let bottom = below;
    const ends = step.ways.map((way, index) => {
      const width = widths[index] ?? STEP_WIDTH;
      const [middle, start] = [left + width / 2, { id, way }];
      const end =
        way.steps.length > 0
          ? this.list(way.steps, way.path, middle, below, start)
          : { y: below + GAP_Y, from: this.slot(way, middle, below, start) };
      left += width + GAP_X;
      bottom = Math.max(bottom, end.y);
      return { end, way };
    });
    const join = `${id}/join`;
    this.nodes.push({ id: join, kind: "join", x: x - JOIN_SIZE / 2, y: bottom });
    for (const { end, way } of ends) {
      if (way.steps.length > 0) this.line(end.from, join, way.path, way.steps.length);
      else
        this.lines.push({
          id: `${end.from.id}>${join}`,
          from: end.from.id,
          to: join,
          label: undefined,
          at: undefined,
          way: undefined,
          isDead: false,
        });
    }
    const isDead = ends.every(({ end }) => end.from.isDead);
    return { y: bottom + JOIN_SIZE + GAP_Y, from: { id: join, isDead } };
  }
}

function widthOf(steps: Step[]): number {
  const widths = steps.map((step) => {
    if (step.ways.length === 0) return STEP_WIDTH;
    const ways = step.ways.map((way) => widthOf(way.steps));
    return ways.reduce((sum, width) => sum + width, 0) + GAP_X * (ways.length - 1);
  });
  return Math.max(STEP_WIDTH, ...widths);
}
