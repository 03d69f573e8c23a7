/**
 * A workflow's file as the tree that the canvas draws.
 *
 * It reads the shape only: what a step means, and whether it is right, is the server's to say.
 */
import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";

/** A place in the document: keys of objects and places in lists. */
export type Path = readonly (string | number)[];

export type Step = {
  /** Where it stands in the document. */
  path: Path;
  /** The step's own id, if it has one. */
  id: string | undefined;
  kind: Kind;
  /** What it does, in a line. */
  summary: string;
  /** Its first and last line, from 1. */
  lines: [number, number];
  ways: Way[];
};

/** One of the ways that leave a step. */
export type Way = {
  label: string;
  /** Where its list of steps stands, or would stand. */
  path: Path;
  steps: Step[];
};

export type Tree = {
  document: Document;
  /** What lets contacts in, a line each. */
  triggers: string[];
  triggerLines: [number, number];
  steps: Step[];
};

export const KINDS = [
  "send",
  "wait",
  "wait_for",
  "branch",
  "split",
  "repeat",
  "update",
  "set",
  "emit",
  "webhook",
  "task",
  "enter",
  "exit_workflow",
  "call",
  "exit",
  "goto",
  "note",
] as const;
export type Kind = (typeof KINDS)[number];

/** Where the steps of a workflow stand. */
export const STEPS: Path = ["steps"];

/** Reads a file; nothing if it isn't the shape of a workflow, or no YAML at all. */
export function treeOf(text: string): Tree | undefined {
  const lines = new LineCounter();
  const document = parseDocument(text, { lineCounter: lines, keepSourceTokens: true });
  if (document.errors.length > 0 || !isMap(document.contents)) return undefined;
  const reader = new Reader(document, lines);
  const trigger = document.get("trigger", true);
  const list = isSeq(trigger) ? trigger.items : [trigger];
  return {
    document,
    triggers: list.flatMap((item) => (item ? [brief((item as Node).toJSON())] : [])),
    triggerLines: reader.linesOf(trigger as Node | undefined),
    steps: reader.steps(STEPS),
  };
}

class Reader {
  constructor(
    private readonly document: Document,
    private readonly counter: LineCounter,
  ) {}

  steps(path: Path): Step[] {
    const list = this.document.getIn(path, true);
    if (!isSeq(list)) return [];
    return list.items.map((item, place) => this.step([...path, place], item as Node));
  }

  linesOf(node: Node | undefined | null): [number, number] {
    const range = node?.range;
    if (!range) return [1, 1];
    return [this.counter.linePos(range[0]).line, this.counter.linePos(Math.max(range[0], range[1] - 1)).line];
  }

  private step(path: Path, node: Node): Step {
    const value: unknown = node.toJSON();
    const keys = isMap(node)
      ? node.items.map((item) => (isScalar(item.key) ? String(item.key.value) : ""))
      : [];
    const kind = KINDS.find((kind) => keys.includes(kind)) ?? "note";
    const of = value as Record<string, unknown> | null;
    const id = typeof of?.id === "string" ? of.id : undefined;
    return {
      path,
      id,
      kind,
      summary: brief(of?.[kind]),
      lines: this.linesOf(node),
      ways: this.ways(path, kind, of ?? {}),
    };
  }

  private ways(path: Path, kind: Kind, step: Record<string, unknown>): Way[] {
    const way = (label: string, ...rest: Path): Way => {
      const to = [...path, ...rest];
      return { label, path: to, steps: this.steps(to) };
    };
    const items = (value: unknown): unknown[] => (Array.isArray(value) ? value : value ? [value] : []);
    const names = (value: unknown): string[] =>
      value && typeof value === "object" ? Object.keys(value) : [];
    switch (kind) {
      case "branch": {
        const ifs = items(step.branch).map((item, place) =>
          way(`if ${brief((item as { if?: unknown } | null)?.if)}`, "branch", place, "then"),
        );
        return [...ifs, way("else", "else")];
      }
      case "wait_for": {
        const isList = Array.isArray(step.wait_for);
        const alternatives = items(step.wait_for).map((item, place) => {
          const { then: _, ...what } = (item ?? {}) as Record<string, unknown>;
          return way(brief(what), "wait_for", ...(isList ? [place] : []), "then");
        });
        return step.timeout
          ? [...alternatives, way(`after ${brief(step.timeout)}`, "on_timeout")]
          : alternatives;
      }
      case "split": {
        const variants = (step.split as { variants?: Record<string, { weight?: unknown }> } | null)?.variants;
        return names(variants).map((name) =>
          way(`${name} · ${brief(variants?.[name]?.weight)}`, "split", "variants", name, "steps"),
        );
      }
      case "repeat":
        return [way("each round", "repeat", "steps")];
      case "task": {
        const outcomes = (step.task as { outcomes?: Record<string, unknown> } | null)?.outcomes;
        const ways = names(outcomes).map((name) => way(name, "task", "outcomes", name));
        return [...ways, way("overdue", "on_timeout")];
      }
      case "webhook":
        return step.on_error ? [way("failed", "on_error")] : [];
      case "call":
        return step.timeout ? [way(`after ${brief(step.timeout)}`, "on_timeout")] : [];
      default:
        return [];
    }
  }
}

/** The longest summary, in characters. */
const BRIEF_MAX = 80;

/** A value in a line. */
export function brief(value: unknown): string {
  const line = one(value);
  return line.length > BRIEF_MAX ? `${line.slice(0, BRIEF_MAX - 1)}…` : line;
}

function one(value: unknown): string {
  if (value === null || value === undefined) return "";
  if (Array.isArray(value)) return value.map(one).join(", ");
  if (typeof value === "object") {
    return Object.entries(value)
      .filter(([key]) => key !== "then" && key !== "steps")
      .map(
        ([key, inner]) =>
          `${key} ${typeof inner === "object" && inner !== null ? `(${one(inner)})` : one(inner)}`,
      )
      .join(", ");
  }
  return String(value);
}

/** Every step of a tree, in the order of the file. */
export function everyStep(steps: Step[]): Step[] {
  return steps.flatMap((step) => [step, ...step.ways.flatMap((way) => everyStep(way.steps))]);
}

export function samePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, place) => part === other[place]);
}
