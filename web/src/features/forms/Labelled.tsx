import { type ReactNode, useId } from "react";
import { Issues } from "./Issues";
import { issuesAt, type Path, useForm } from "./tools";

export type Control = { id: string; "aria-describedby": string; "aria-invalid": boolean };

type Props = {
  label: string;
  hint?: string | undefined;
  path: Path;
  /** What stands at the end of the label's line. */
  aside?: ReactNode;
  children: (control: Control) => ReactNode;
};

/** A field with its name, what it means, and what is wrong with it. */
export function Labelled({ label, hint, path, aside, children }: Props) {
  const id = useId();
  const issues = issuesAt(useForm().issues, path, true);
  const hasErrors = issues.some((it) => it.isError);
  return (
    <div className={`form-field ${hasErrors ? "has-errors" : ""}`}>
      <div className="form-label">
        <label htmlFor={id}>{label}</label>
        {aside}
      </div>
      {children({ id, "aria-describedby": `${id}-hint`, "aria-invalid": hasErrors })}
      <div id={`${id}-hint`}>
        <Issues issues={issues} />
        {hint ? <small className="form-hint">{hint}</small> : null}
      </div>
    </div>
  );
}
