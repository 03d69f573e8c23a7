import { type Ref, useState } from "react";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { KindIcon } from "./canvas/KindIcon";
import type { Path, Tree } from "./canvas/tree";
import { found } from "./canvas/walk";

/** How many steps are listed at once. */
const SHOWN_MAX = 12;

type Props = { tree: Tree; input: Ref<HTMLInputElement>; go: (path: Path) => void };

/** Finds a step by what it does, its id or its kind. */
export function FindStep({ tree, input, go }: Props) {
  const [typed, setTyped] = useState("");
  const [at, setAt] = useState(0);
  const steps = found(tree.steps, typed, (kind) => text.workflows.kind[kind] ?? kind);
  const shown = steps.slice(0, SHOWN_MAX);
  const take = (place: number) => {
    const step = shown[place];
    if (step) go(step.path);
  };
  return (
    <search className="find-step">
      <input
        ref={input}
        type="search"
        role="combobox"
        aria-label={words.canvas.find}
        aria-expanded={shown.length > 0}
        aria-controls="found-steps"
        aria-activedescendant={shown.length > 0 ? `found-${at}` : undefined}
        placeholder={words.canvas.find}
        title={words.canvas.findHint}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          setAt(0);
        }}
        onKeyDown={(event) => {
          if (event.key === "ArrowDown") setAt(Math.min(at + 1, shown.length - 1));
          else if (event.key === "ArrowUp") setAt(Math.max(at - 1, 0));
          else if (event.key === "Enter") {
            take(at);
            setTyped("");
          } else if (event.key === "Escape") setTyped("");
          else return;
          event.preventDefault();
        }}
      />
      <div
        className="found-steps"
        id="found-steps"
        role="listbox"
        aria-label={words.canvas.find}
        hidden={!typed}
      >
        {shown.map((step, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the field keeps the focus and names the active one
          // biome-ignore lint/a11y/useKeyWithClickEvents: the field takes the keys
          <div
            key={step.path.join("/")}
            id={`found-${place}`}
            role="option"
            aria-selected={place === at}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => {
              take(place);
              setTyped("");
            }}
          >
            <KindIcon kind={step.kind} /> {step.summary || step.id} <span className="soft">{step.id}</span>
          </div>
        ))}
      </div>
      <span className="visually-hidden" role="status">
        {typed ? words.canvas.found(steps.length) : ""}
      </span>
    </search>
  );
}
