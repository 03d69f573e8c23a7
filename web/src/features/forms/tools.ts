/** What every part of a form needs: how values are changed, what is wrong where, and what can be proposed. */
import { createContext, useContext } from "react";

/** A place in the document that a form is of. */
export type Path = readonly (string | number)[];

export type Issue = { path: Path; isError: boolean; message: string; fix: string | undefined };

/** Something that can be typed into a template, and what it is. */
export type Proposal = { insert: string; detail: string };

export type Choice = {
  from: string | undefined;
  to: string;
  /** The new one's value; without it, it takes over the old one's. */
  value: unknown;
  gone: readonly string[];
};

export type FormTools = {
  /** Changes the value at a place; `undefined` takes it away. */
  set: (path: Path, value: unknown) => void;
  /** Gives a key of the object at a place another name; it stays where it is. */
  rename: (path: Path, from: string, to: string) => void;
  /** Adds to the list at a place; a single value there becomes a list. */
  append: (path: Path, value: unknown) => void;
  /** Moves an item of the list at a place. */
  move: (path: Path, from: number, to: number) => void;
  /** Puts one property of the object at a place where another stood, and takes away what only went with that. */
  choose: (path: Path, change: Choice) => void;
  issues: readonly Issue[];
  /** Names that are known for a key, such as templates for `email`. */
  namesFor: (path: Path) => readonly string[];
  /** What can be typed within `{{ }}`. */
  proposals: readonly Proposal[];
};

export const FormContext = createContext<FormTools | undefined>(undefined);

export function useForm(): FormTools {
  const tools = useContext(FormContext);
  if (!tools) throw new Error("a form's part stands outside of a form");
  return tools;
}

/** What is wrong at a place; with `within`, also at what is below it. */
export function issuesAt(issues: readonly Issue[], path: Path, within: boolean): Issue[] {
  return issues.filter(
    (it) =>
      (within ? it.path.length >= path.length : it.path.length === path.length) &&
      path.every((part, place) => it.path[place] === part),
  );
}
