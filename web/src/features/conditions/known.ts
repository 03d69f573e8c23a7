/** The names that conditions may use, as far as they are known: what is offered while somebody types. */
import { parse } from "yaml";
import type { Schemas } from "../../api/client";

export type KnownTrait = { name: string; title?: string; type?: string; oneOf?: unknown[] };

export type Known = {
  traits: KnownTrait[];
  events: string[];
  templates: string[];
  segments: { name: string; title: string }[];
  lists: string[];
  tags: string[];
  workflows: string[];
  categories: { name: string; title: string }[];
  channels: string[];
};

export const NOTHING_KNOWN: Known = {
  traits: [],
  events: [],
  templates: [],
  segments: [],
  lists: [],
  tags: [],
  workflows: [],
  categories: [],
  channels: ["email", "sms", "push", "webhook"],
};

/** The keys under which the name of an event stands. */
const EVENT_KEYS = new Set(["event", "absence", "business", "purchase", "support", "form"]);

/** Everything that the files of a portfolio name. */
export function knownOf(files: readonly Schemas["SourceFile"][], lists: readonly string[]): Known {
  const events = new Set<string>();
  const tags = new Set<string>();
  const usedTraits = new Set<string>();
  const known: Known = { ...NOTHING_KNOWN, lists: [...lists] };
  const named = { templates: new Set<string>(), workflows: new Set<string>() };
  const segments = new Map<string, string>();
  for (const file of files) {
    const content = read(file.text);
    if (!isObject(content)) continue;
    collect(content, events, tags, usedTraits);
    if (file.path === "traits.yaml") known.traits = declared(content);
    if (file.path === "policies.yaml") {
      known.categories = entries(content.categories).map(([name, it]) => ({
        name,
        title: isObject(it) && typeof it.title === "string" ? it.title : name,
      }));
      known.channels = [...NOTHING_KNOWN.channels, ...entries(content.channels).map(([name]) => name)];
    }
    const name = nameIn(file.path, content);
    if (!name) continue;
    if (file.path.startsWith("segments/")) {
      segments.set(name, typeof content.title === "string" ? content.title : name);
    }
    if (file.path.startsWith("templates/")) named.templates.add(name);
    if (file.path.startsWith("workflows/")) named.workflows.add(name);
  }
  const declaredNames = new Set(known.traits.map((it) => it.name));
  const others = [...usedTraits].filter((name) => !declaredNames.has(name)).map((name) => ({ name }));
  return {
    ...known,
    traits: [...known.traits, ...others].sort((one, other) => one.name.localeCompare(other.name)),
    events: [...events].sort(),
    tags: [...tags].sort(),
    templates: [...named.templates].sort(),
    workflows: [...named.workflows].sort(),
    segments: [...segments].map(([name, title]) => ({ name, title })).sort(byName),
  };
}

function byName(one: { name: string }, other: { name: string }): number {
  return one.name.localeCompare(other.name);
}

function nameIn(path: string, content: Record<string, unknown>): string | undefined {
  for (const key of ["workflow", "segment", "template"]) {
    if (typeof content[key] === "string" && path.startsWith(`${key}s/`)) return content[key];
  }
  return /([^/]+)\.yaml$/.exec(path)?.[1];
}

function declared(content: Record<string, unknown>): KnownTrait[] {
  const plain = entries(content.traits).map(([name, it]) => traitOf(name, it));
  const computed = entries(content.computed).map(([name, it]): KnownTrait => {
    const known = traitOf(name, it);
    const isNumber = isObject(it) && ("count" in it || "sum" in it || "average" in it);
    return isNumber ? { ...known, type: "number" } : known;
  });
  return [...plain, ...computed];
}

function traitOf(name: string, it: unknown): KnownTrait {
  if (!isObject(it)) return { name };
  return {
    name,
    ...(typeof it.title === "string" ? { title: it.title } : {}),
    ...(typeof it.type === "string" ? { type: it.type } : {}),
    ...(Array.isArray(it.in) ? { oneOf: it.in } : {}),
  };
}

/** Walks through a file for the names of events, tags and traits. */
function collect(value: unknown, events: Set<string>, tags: Set<string>, traits: Set<string>): void {
  if (Array.isArray(value)) {
    for (const part of value) collect(part, events, tags, traits);
  } else if (isObject(value)) {
    for (const [key, part] of Object.entries(value)) {
      if (typeof part === "string") {
        if (EVENT_KEYS.has(key) && part !== "any") events.add(part);
        if (key === "tag") tags.add(part);
        if (key === "trait" || key === "trait_changed") traits.add(part);
      } else collect(part, events, tags, traits);
    }
  }
}

function read(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return undefined;
  }
}

function entries(value: unknown): [string, unknown][] {
  return isObject(value) ? Object.entries(value) : [];
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
