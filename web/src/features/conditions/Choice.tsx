import { useId } from "react";

type Props = {
  label: string;
  value: string;
  /** What is offered; anything else may be typed as well. */
  options: readonly (string | { name: string; title?: string | undefined })[];
  onChange: (value: string) => void;
};

/** A text for which there are suggestions. */
export function Choice({ label, value, options, onChange }: Props) {
  const id = useId();
  return (
    <>
      <input
        className="input choice"
        aria-label={label}
        placeholder={label}
        list={id}
        size={Math.min(36, Math.max(14, value.length + 2))}
        value={value}
        aria-invalid={value === ""}
        autoComplete="off"
        spellCheck={false}
        onChange={(event) => onChange(event.target.value)}
      />
      <datalist id={id}>
        {options.map((option) => {
          const { name, title } = typeof option === "string" ? { name: option, title: undefined } : option;
          return (
            <option key={name} value={name}>
              {title && title !== name ? title : undefined}
            </option>
          );
        })}
      </datalist>
    </>
  );
}
