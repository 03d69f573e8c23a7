import { useEffect, useRef, useState } from "react";
import type { Control } from "./Labelled";
import { type Completion, completed, completionAt } from "./liquid";
import type { Proposal } from "./tools";

/** How long somebody who types must rest until it counts. */
const REST_MS = 400;

type Props = {
  control: Control;
  value: string;
  proposals: readonly Proposal[];
  /** Whether it counts while somebody types, as soon as they rest. */
  isLive?: boolean;
  onValue: (value: string) => void;
};

/** A text with Liquid in it: what is known is proposed while somebody types within `{{ }}`. */
export function LiquidInput({ control, value, proposals, isLive, onValue }: Props) {
  const [typed, setTyped] = useState(value);
  const [completion, setCompletion] = useState<Completion | undefined>(undefined);
  const [active, setActive] = useState(0);
  const area = useRef<HTMLTextAreaElement>(null);
  const caret = useRef<number | undefined>(undefined);
  const told = useRef<string | undefined>(undefined);
  useEffect(() => {
    // What comes back because it was told may be older than what was typed meanwhile.
    if (told.current !== value) setTyped(value);
    told.current = undefined;
  }, [value]);
  // biome-ignore lint/correctness/useExhaustiveDependencies: the caret is put back after the text has changed
  useEffect(() => {
    if (caret.current === undefined) return;
    area.current?.setSelectionRange(caret.current, caret.current);
    caret.current = undefined;
  }, [typed]);
  const look = (text: string, at: number) => {
    setCompletion(completionAt(text, at, proposals));
    setActive(0);
  };
  const take = (proposal: Proposal) => {
    if (!completion || !area.current) return;
    const [text, at] = completed(typed, area.current.selectionStart, completion.from, proposal.insert);
    caret.current = at;
    setTyped(text);
    setCompletion(undefined);
    area.current.focus();
  };
  const put = () => {
    setCompletion(undefined);
    if (typed !== value) onValue(typed);
  };
  const live = useRef(put);
  live.current = () => {
    told.current = typed;
    onValue(typed);
  };
  useEffect(() => {
    if (!isLive || typed === value) return;
    const rest = setTimeout(() => live.current(), REST_MS);
    return () => clearTimeout(rest);
  }, [isLive, typed, value]);
  const list = `${control.id}-proposals`;
  return (
    <div className="liquid">
      <textarea
        {...control}
        ref={area}
        role="combobox"
        aria-expanded={completion !== undefined}
        aria-controls={list}
        aria-autocomplete="list"
        aria-activedescendant={completion ? `${list}-${active}` : undefined}
        rows={Math.min(6, Math.max(1, typed.split("\n").length, Math.ceil(typed.length / 36)))}
        spellCheck={false}
        value={typed}
        onChange={(event) => {
          setTyped(event.target.value);
          look(event.target.value, event.target.selectionStart);
        }}
        onBlur={put}
        onKeyDown={(event) => {
          if (!completion) return;
          const chosen = completion.options[active];
          const n = completion.options.length;
          if (event.key === "ArrowDown") setActive((active + 1) % n);
          else if (event.key === "ArrowUp") setActive((active + n - 1) % n);
          else if ((event.key === "Enter" || event.key === "Tab") && chosen) take(chosen);
          else if (event.key === "Escape") setCompletion(undefined);
          else return;
          event.preventDefault();
          event.stopPropagation();
        }}
      />
      <div className="liquid-list" role="listbox" id={list} aria-label="Liquid" hidden={!completion}>
        {completion?.options.map((it, place) => (
          // biome-ignore lint/a11y/useFocusableInteractive: the text keeps the focus and names the active one
          // biome-ignore lint/a11y/useKeyWithClickEvents: the text takes the keys
          <div
            key={it.insert}
            id={`${list}-${place}`}
            role="option"
            aria-selected={place === active}
            onMouseDown={(event) => event.preventDefault()}
            onClick={() => take(it)}
          >
            <code>{it.insert}</code> <span className="soft">{it.detail}</span>
          </div>
        ))}
      </div>
    </div>
  );
}
