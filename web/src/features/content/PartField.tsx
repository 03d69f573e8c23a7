import { useId } from "react";
import { contentText as words } from "../../text/content";
import { LiquidInput } from "../forms/LiquidInput";
import type { Proposal } from "../forms/tools";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import { foundWithin, pathOfPart, withPart } from "./template";

type Props = {
  file: WorkflowFile;
  part: string;
  value: unknown;
  /** What is sent as long as this is empty. */
  inherited: unknown;
  locale: string | undefined;
  proposals: readonly Proposal[];
};

/** One part of a template, with what is wrong in it. */
export function PartField({ file, part, value, inherited, locale, proposals }: Props) {
  const id = useId();
  const typed = typeof value === "string" ? value : value === undefined ? "" : String(value);
  const own = file.diagnostics.filter((it) => it.file === file.path);
  const found = foundWithin(file.text, pathOfPart(locale, part), typed, own);
  const label = words.parts[part] ?? part;
  const hint = typeof inherited === "string" && !typed ? inherited : words.partHints[part];
  return (
    <div className={found.some((it) => it.severity === "error") ? "form-field has-errors" : "form-field"}>
      <div className="form-label">
        <label htmlFor={id}>{label}</label>
      </div>
      <LiquidInput
        control={{ id, "aria-describedby": `${id}-hint`, "aria-invalid": found.length > 0 }}
        value={typed}
        proposals={proposals}
        onValue={(next) => file.change(withPart(file.text, locale, part, next === "" ? undefined : next))}
      />
      <div id={`${id}-hint`}>
        {found.map((it) => (
          <small key={`${it.code}:${it.column}`} className={`found-in ${it.severity}`}>
            {it.message}
            {it.fix ? ` – ${it.fix}` : null}
          </small>
        ))}
        {hint ? <small className="form-hint">{hint}</small> : null}
      </div>
    </div>
  );
}
