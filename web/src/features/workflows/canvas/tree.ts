/**
 * A workflow's file as the tree that the canvas draws.
 *
 * It reads the shape only: what a step means, and whether it is right, is the server's to say.
 */

import { type Document, isMap, isScalar, isSeq, LineCounter, type Node, parseDocument } from "yaml";
import { definition, exclusiveOf, isAllowed, type Schema, shapeOf } from "../../forms/schema";
import { summaryOf, triggerText, wayText } from "./words";

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

const STEP = definition("step");

/** The kinds of steps, in the order of the schema; a step has the key of exactly one, and a note may stand alone. */
export const KINDS: readonly string[] = exclusiveOf(STEP);
export type Kind = string;

/** The kind of step that has this key beside its own, such as `else` of a branch. */
function isBeside(key: string, kind: Kind): boolean {
  return !KINDS.includes(key) && STEP.dependentSchemas?.[key] !== undefined && isAllowed(STEP, key, [kind]);
}

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
    triggers: list.flatMap((item) => (item ? [triggerText((item as Node).toJSON())] : [])),
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
      summary: summaryOf(kind, of?.[kind]),
      lines: this.linesOf(node),
      ways: this.ways(path, kind, of ?? {}),
    };
  }

  private ways(path: Path, kind: Kind, step: Record<string, unknown>): Way[] {
    const { properties = {} } = STEP;
    const own = this.waysIn(properties[kind] ?? {}, step[kind], [...path, kind], step, kind);
    // Whoever waits without a time-out never takes its way.
    const canHave = (key: string) => key !== "on_timeout" || !isBeside("timeout", kind) || "timeout" in step;
    const beside = Object.keys(properties).filter(
      (key) => isBeside(key, kind) && shapeOf(properties[key] ?? {}).is === "steps" && canHave(key),
    );
    return [...own, ...beside.map((key) => this.way([...path, key], wayText(kind, key, step, undefined)))];
  }

  /** The lists of steps that the schema allows within a value, whether or not they are written. */
  private waysIn(
    schema: Schema,
    value: unknown,
    path: Path,
    step: Record<string, unknown>,
    kind: Kind,
  ): Way[] {
    const shape = shapeOf(schema);
    const of = (value ?? {}) as Record<string, unknown>;
    switch (shape.is) {
      case "object":
        return Object.entries(shape.schema.properties ?? {}).flatMap(([key, it]) =>
          shapeOf(it).is === "steps"
            ? [this.way([...path, key], wayText(kind, path.at(-1), step, of))]
            : key in of
              ? this.waysIn(it, of[key], [...path, key], step, kind)
              : [],
        );
      case "list":
        return Array.isArray(value)
          ? value.flatMap((item, place) => this.waysIn(shape.of, item, [...path, place], step, kind))
          : value
            ? this.waysIn(shape.of, value, path, step, kind)
            : [];
      case "map":
        return Object.entries(of).flatMap(([key, item]) =>
          shapeOf(shape.of).is === "steps"
            ? [this.way([...path, key], wayText(kind, key, step, undefined))]
            : this.waysIn(shape.of, item, [...path, key], step, kind),
        );
      default:
        return [];
    }
  }

  private way(path: Path, label: string): Way {
    return { label, path, steps: this.steps(path) };
  }
}

/** Every step of a tree, in the order of the file. */
export function everyStep(steps: Step[]): Step[] {
  return steps.flatMap((step) => [step, ...step.ways.flatMap((way) => everyStep(way.steps))]);
}

/** Every way of a tree. */
export function everyWay(steps: Step[]): Way[] {
  return steps.flatMap((step) => step.ways.flatMap((way) => [way, ...everyWay(way.steps)]));
}

export function samePath(one: Path, other: Path): boolean {
  return one.length === other.length && one.every((part, place) => part === other[place]);
}
