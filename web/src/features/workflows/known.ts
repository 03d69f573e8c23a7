/** What is known in a portfolio: names that fields can propose, and what a message can say of its contact. */
import { parse } from "yaml";
import type { Schemas } from "../../api/client";
import { words } from "../../text/flow";
import type { Path, Proposal } from "../forms/tools";
import { namesOf } from "./portfolio";

export type Known = {
  traits: string[];
  events: string[];
  /** Properties that files read of what let a contact in. */
  properties: string[];
  templates: string[];
  workflows: string[];
  segments: string[];
  categories: string[];
  channels: string[];
  lists: string[];
  tags: string[];
};

const NAME = "[A-Za-z_][\\w-]*";

/** Stands for the traits beyond those that the server remembers. */
const BEYOND = "*";

/** Reads what is known from the files, and from the traits that clients have sent. */
export function knownIn(files: Schemas["SourceFile"][], seenTraits: string[] = []): Known {
  const all = files.map((file) => file.text).join("\n");
  const every = (pattern: string) =>
    [...all.matchAll(new RegExp(pattern, "g"))].flatMap((match) => (match[1] ? [match[1].trim()] : []));
  const keysOf = (path: string, ...keys: string[]) => {
    const file = files.find((it) => it.path === path);
    const value = file ? (safe(file.text) as Record<string, unknown>) : {};
    return keys.flatMap((key) => Object.keys((value?.[key] as object | null) ?? {}));
  };
  const sorted = (names: string[]) => [...new Set(names)].sort((one, other) => one.localeCompare(other));
  const usual = ["email", "first_name", "last_name", "phone", "timezone", "language"];
  return {
    traits: sorted([
      ...usual,
      ...keysOf("traits.yaml", "traits", "computed"),
      ...every(`\\btrait: (${NAME})`),
      ...every(`\\bcontact\\.(${NAME})`),
      ...seenTraits.filter((name) => name !== BEYOND),
    ]),
    events: sorted(every("\\bevent: ([^,}\\n]+)").map((it) => it.replace(/^["']|["']$/g, ""))),
    properties: sorted(every(`\\btrigger\\.(${NAME})`)),
    templates: namesOf(files, "templates"),
    workflows: namesOf(files, "workflows"),
    segments: namesOf(files, "segments"),
    categories: sorted([...keysOf("policies.yaml", "categories"), ...every(`\\bcategory: (${NAME})`)]),
    channels: sorted(["email", "sms", "push", "webhook", ...keysOf("policies.yaml", "channels")]),
    lists: sorted(every(`\\blist: (${NAME})`)),
    tags: sorted(every(`\\btag: (${NAME})`)),
  };
}

function safe(text: string): unknown {
  try {
    return parse(text);
  } catch {
    return {};
  }
}

/** The names that a field at a place can have; `*` at its end asks for names of its keys. */
export function namesFor(known: Known, stepIds: readonly string[], path: Path): readonly string[] {
  const key = path.at(-1);
  const parent = path.at(-2);
  const before = path.at(-3);
  if (parent === "send")
    return key === "*" ? known.channels : key === "category" ? known.categories : known.templates;
  if (key === "*") {
    if (parent === "traits") return known.traits;
    if (parent === "consent") return [...known.categories, ...known.channels];
    return [];
  }
  if (parent === "lists" || before === "lists") return known.lists;
  if (parent === "tags" || before === "tags") return known.tags;
  switch (key) {
    case "message":
    case "reply":
      return ["any", ...known.templates];
    case "workflow":
    case "exit_workflow":
      return known.workflows;
    case "segment":
    case "segment_entered":
    case "segment_left":
      return known.segments;
    case "trait":
    case "trait_changed":
    case "date":
      return known.traits;
    case "event":
    case "absence":
      return known.events;
    case "trigger":
    case "key":
      return known.properties;
    case "goto":
    case "go_to":
    case "step":
      return stepIds;
    case "list":
      return known.lists;
    case "tag":
      return known.tags;
    case "category":
    case "consent":
      return known.categories;
    case "zone":
      return ["contact", Intl.DateTimeFormat().resolvedOptions().timeZone];
    default:
      return [];
  }
}

/** What can be typed within `{{ }}`. */
export function proposalsOf(known: Known): Proposal[] {
  return [
    ...known.traits.map((name) => ({ insert: `contact.${name}`, detail: words.form.trait })),
    ...["user_id", "id"].map((name) => ({ insert: `contact.${name}`, detail: words.form.identifier })),
    ...known.properties.map((name) => ({ insert: `trigger.${name}`, detail: words.form.property })),
    { insert: "trigger.", detail: words.form.anyProperty },
    { insert: "run.", detail: words.form.variable },
    { insert: "workflow.name", detail: words.form.workflowName },
  ];
}
