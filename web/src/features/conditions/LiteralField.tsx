import { useState } from "react";
import { conditionsText as words } from "../../text/conditions";

type Props = {
  value: unknown;
  /** What the value is, if it is declared; else whoever types says what it is. */
  type: string | undefined;
  oneOf: readonly unknown[] | undefined;
  onChange: (value: unknown) => void;
};

type Sort = "text" | "number" | "boolean";

/** A plain value: a text, a number or a truth value. */
export function LiteralField({ value, type, oneOf, onChange }: Props) {
  const declared = type === "number" || type === "boolean" || type === "text" ? type : undefined;
  const sort = sortOf(value, declared);
  const [draft, setDraft] = useState<string | undefined>(undefined);
  if (oneOf?.length && (value === "" || oneOf.includes(value))) {
    return (
      <select
        className="input"
        aria-label={words.value}
        value={String(value)}
        onChange={(event) => onChange(oneOf.find((it) => String(it) === event.target.value))}
      >
        {value === "" ? <option value="">…</option> : null}
        {oneOf.map((it) => (
          <option key={String(it)} value={String(it)}>
            {String(it)}
          </option>
        ))}
      </select>
    );
  }
  return (
    <>
      {sort === "boolean" ? (
        <select
          className="input"
          aria-label={words.value}
          value={String(value)}
          onChange={(event) => onChange(event.target.value === "true")}
        >
          <option value="true">{words.yes}</option>
          <option value="false">{words.no}</option>
        </select>
      ) : (
        <input
          className="input"
          aria-label={words.value}
          placeholder={words.value}
          inputMode={sort === "number" ? "decimal" : "text"}
          size={sort === "number" ? 8 : 16}
          aria-invalid={value === ""}
          value={draft ?? String(value ?? "")}
          onBlur={() => setDraft(undefined)}
          onChange={(event) => {
            const typed = event.target.value;
            setDraft(typed);
            onChange(sort === "number" ? numberOr(typed) : typed);
          }}
        />
      )}
      {declared || type === "date" ? null : (
        <select
          className="input sort"
          aria-label={words.type}
          title={words.type}
          value={sort}
          onChange={(event) => onChange(converted(value, event.target.value as Sort))}
        >
          {(["text", "number", "boolean"] as const).map((it) => (
            <option key={it} value={it}>
              {words.types[it]}
            </option>
          ))}
        </select>
      )}
    </>
  );
}

function sortOf(value: unknown, declared: Sort | undefined): Sort {
  if (typeof value === "number") return "number";
  if (typeof value === "boolean") return "boolean";
  // A reference such as `$contact.total` is a text, whatever it stands for.
  if (typeof value === "string" && value.startsWith("$")) return "text";
  return declared ?? "text";
}

/** A number if it is one; else the text, so that nothing that was typed is lost. */
function numberOr(typed: string): number | string {
  const number = Number(typed.replace(",", "."));
  return typed.trim() === "" || Number.isNaN(number) ? typed : number;
}

function converted(value: unknown, sort: Sort): unknown {
  switch (sort) {
    case "number":
      return Number(value) || 0;
    case "boolean":
      return true;
    case "text":
      return typeof value === "boolean" ? "" : String(value ?? "");
  }
}
