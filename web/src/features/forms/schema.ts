/** The schema of a portfolio's files, which the server's own grammar is written out to: what forms are made of. */
import written from "../../../../docs/reference/wend.schema.json";

export type Schema = {
  $ref?: string;
  type?: string | string[];
  description?: string;
  pattern?: string;
  const?: unknown;
  enum?: unknown[];
  minimum?: number;
  maximum?: number;
  minLength?: number;
  items?: Schema;
  properties?: Record<string, Schema>;
  additionalProperties?: boolean | Schema;
  propertyNames?: Schema;
  required?: string[];
  anyOf?: Schema[];
  oneOf?: { required?: string[] }[];
  dependentSchemas?: Record<string, { anyOf: { required: string[] }[] }>;
};

const DEFINITIONS = (written as unknown as { $defs: Record<string, Schema> }).$defs;
const PREFIX = "#/$defs/";

/** A definition by its name. */
export function definition(name: string): Schema {
  const found = DEFINITIONS[name];
  if (!found) throw new Error(`the schema defines no ${name}`);
  return found;
}

/** The name of the definition that a schema refers to. */
export function refersTo(schema: Schema | undefined): string | undefined {
  return schema?.$ref?.startsWith(PREFIX) ? schema.$ref.slice(PREFIX.length) : undefined;
}

/** A schema with what it refers to in its place; its own description counts. */
export function resolved(schema: Schema): Schema {
  const name = refersTo(schema);
  if (!name) return schema;
  const { $ref: _, ...own } = schema;
  return { ...definition(name), ...own };
}

/** What kind of text is asked for. */
export type TextKind = "period" | "time" | "name" | "liquid" | "plain";

/** What a form shows for a schema. */
export type Shape =
  /** A list of steps: the canvas shows it. */
  | { is: "steps" }
  | { is: "condition" }
  | { is: "flag" }
  /** `true`, or nothing. */
  | { is: "truth" }
  | { is: "choice"; options: string[] }
  | { is: "number"; schema: Schema }
  | { is: "text"; kind: TextKind }
  /** A text, a number or a boolean. */
  | { is: "scalar" }
  /** Names or values in a line; one of them may stand without a list. */
  | { is: "names"; options: string[] | undefined }
  | { is: "list"; of: Schema; orOne: boolean }
  | { is: "map"; of: Schema }
  | { is: "object"; schema: Schema }
  | { is: "either"; options: Schema[] }
  /** Whatever YAML can say. */
  | { is: "any" };

const isText = (schema: Schema) => schema.type === "string" && !schema.enum;

export function shapeOf(given: Schema): Shape {
  if (refersTo(given) === "condition") return { is: "condition" };
  const schema = resolved(given);
  const { type, items, anyOf } = schema;
  if (schema.const === true) return { is: "truth" };
  if (schema.enum) return { is: "choice", options: schema.enum.map(String) };
  if (anyOf && !schema.properties) return ofAlternatives(anyOf, schema);
  if (Array.isArray(type)) return { is: "scalar" };
  switch (type) {
    case "boolean":
      return { is: "flag" };
    case "integer":
    case "number":
      return { is: "number", schema };
    case "string":
      return { is: "text", kind: textKind(schema) };
    case "array": {
      if (!items || Object.keys(items).length === 0) return { is: "names", options: undefined };
      if (refersTo(items) === "step") return { is: "steps" };
      const inner = shapeOf(items);
      if (inner.is === "choice") return { is: "names", options: inner.options };
      if (inner.is === "text" || inner.is === "scalar") return { is: "names", options: undefined };
      return { is: "list", of: items, orOne: false };
    }
    case "object":
      if (schema.properties) return { is: "object", schema };
      return typeof schema.additionalProperties === "object"
        ? { is: "map", of: schema.additionalProperties }
        : { is: "any" };
    default:
      return { is: "any" };
  }
}

function ofAlternatives(written: Schema[], whole: Schema): Shape {
  // The same property may mean alike things for several kinds: then the alternatives stand within each other.
  const anyOf = written.flatMap((it) => (it.anyOf && !it.properties ? it.anyOf : [it]));
  const [first, second] = anyOf;
  if (!first) return { is: "any" };
  if (anyOf.every(isText)) return { is: "text", kind: textKind({ ...first, ...whole, type: "string" }) };
  if (anyOf.every((it) => it.enum)) {
    return { is: "choice", options: [...new Set(anyOf.flatMap((it) => it.enum?.map(String) ?? []))] };
  }
  const shapes = anyOf.map(shapeOf);
  const same = shapes[0];
  if (same?.is === "map" && shapes.every((it) => it.is === "map")) return same;
  // One, or a list of them.
  if (anyOf.length === 2 && second?.type === "array" && second.items) {
    const shape = shapeOf(second);
    if (shape.is === "names" && JSON.stringify(second.items) === JSON.stringify(first)) return shape;
    if (shape.is === "list" && refersTo(second.items) === refersTo(first)) return { ...shape, orOne: true };
  }
  return { is: "either", options: anyOf };
}

function textKind({ pattern = "", description = "" }: Schema): TextKind {
  if (/\bLiquid\b/.test(description)) return "liquid";
  if (pattern.includes("w|d|h")) return "period";
  if (pattern.includes("[01][0-9]")) return "time";
  return pattern.startsWith("^[a-z0-9]") ? "name" : "plain";
}

/** Which alternative a value is of; the first if it is of none. */
export function alternativeOf(options: Schema[], value: unknown): number {
  const fits = options.findIndex((option) => doesFit(shapeOf(option), value));
  return Math.max(0, fits);
}

function doesFit(shape: Shape, value: unknown): boolean {
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  switch (shape.is) {
    case "truth":
      return value === true;
    case "flag":
      return typeof value === "boolean";
    case "choice":
      return shape.options.includes(String(value));
    case "number":
      return typeof value === "number";
    case "text":
      return typeof value === "string";
    case "scalar":
      return ["string", "number", "boolean"].includes(typeof value);
    case "names":
    case "steps":
      return Array.isArray(value);
    case "list":
      return Array.isArray(value) || (shape.orOne && isObject);
    case "condition":
    case "map":
    case "object":
      return isObject;
    case "either":
      return shape.options.some((option) => doesFit(shapeOf(option), value));
    case "any":
      return true;
  }
}

/** The properties of which an object has exactly one. */
export function exclusiveOf(schema: Schema): string[] {
  return (schema.oneOf ?? []).flatMap((it) => it.required?.[0] ?? []);
}

/** Whether a property makes sense beside those that are there. */
export function isAllowed(schema: Schema, key: string, there: readonly string[]): boolean {
  const needs = schema.dependentSchemas?.[key]?.anyOf;
  return !needs || needs.some((it) => it.required.every((other) => there.includes(other)));
}

/** What a new value begins with. */
export function beginningOf(given: Schema): unknown {
  const shape = shapeOf(given);
  switch (shape.is) {
    case "truth":
    case "flag":
      return true;
    case "choice":
      return shape.options[0];
    case "number":
      return shape.schema.minimum !== undefined && shape.schema.minimum > 0 ? shape.schema.minimum : 0;
    case "text":
      return shape.kind === "period" ? "1d" : shape.kind === "time" ? "09:00" : "";
    case "scalar":
    case "any":
      return "";
    case "names":
      return shape.options ? [shape.options[0]] : [];
    case "list":
      return shape.orOne ? beginningOf(shape.of) : [beginningOf(shape.of)];
    case "map":
    case "steps":
      return shape.is === "map" ? {} : [];
    case "condition":
      return { trait: "", exists: true };
    case "either":
      return shape.options[0] ? beginningOf(shape.options[0]) : "";
    case "object": {
      const [first] = exclusiveOf(shape.schema);
      const keys = [...(first ? [first] : []), ...(shape.schema.required ?? [])];
      return Object.fromEntries(
        [...new Set(keys)].map((key) => [key, beginningOf(shape.schema.properties?.[key] ?? {})]),
      );
    }
  }
}

/** A key as people read it. */
export function human(key: string): string {
  const words = key.replaceAll("_", " ");
  return words.charAt(0).toUpperCase() + words.slice(1);
}
