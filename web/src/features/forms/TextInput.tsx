import { useEffect, useState } from "react";
import type { Control } from "./Labelled";

type Props = {
  control: Control;
  value: string;
  onValue: (value: string) => void;
  names?: readonly string[];
  placeholder?: string;
  type?: "text" | "number";
};

/** A line of text that counts when it is left, or with Enter. */
export function TextInput({ control, value, onValue, names, placeholder, type = "text" }: Props) {
  const [typed, setTyped] = useState(value);
  useEffect(() => setTyped(value), [value]);
  const list = names && names.length > 0 ? `${control.id}-names` : undefined;
  const put = () => {
    if (typed.trim() !== value) onValue(typed.trim());
  };
  return (
    <>
      <input
        {...control}
        type={type}
        list={list}
        value={typed}
        placeholder={placeholder}
        spellCheck={false}
        autoComplete="off"
        onChange={(event) => {
          setTyped(event.target.value);
          // What is picked from the list counts at once.
          if (names?.includes(event.target.value)) onValue(event.target.value);
        }}
        onBlur={put}
        onKeyDown={(event) => {
          if (event.key === "Enter") put();
        }}
      />
      {list ? (
        <datalist id={list}>
          {names?.map((name) => (
            <option key={name} value={name} />
          ))}
        </datalist>
      ) : null}
    </>
  );
}
