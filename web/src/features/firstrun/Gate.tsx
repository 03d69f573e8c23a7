import { useMutation } from "@tanstack/react-query";
import { type InputHTMLAttributes, useState } from "react";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";

type Asked = InputHTMLAttributes<HTMLInputElement> & { name: string; label: string; hint?: string };

type Props = {
  title: string;
  lead?: string;
  fields: Asked[];
  submit: string;
  /** Lets somebody in by what they typed, by the fields' names. */
  enter: (typed: Record<string, string>) => Promise<void>;
};

/** What stands before the application: somebody says who they are. */
export function Gate({ title, lead, fields, submit, enter }: Props) {
  const [typed, setTyped] = useState<Record<string, string>>({});
  const done = useMutation({ mutationFn: () => enter(typed) });
  return (
    <main className="gate">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          done.mutate();
        }}
      >
        <h1>{title}</h1>
        {lead ? <p className="soft">{lead}</p> : null}
        {fields.map(({ name, label, hint, ...input }) => (
          <Field key={name} label={label} {...(hint ? { hint } : {})}>
            <input
              required
              {...input}
              value={typed[name] ?? ""}
              onChange={(event) => setTyped({ ...typed, [name]: event.target.value })}
            />
          </Field>
        ))}
        <Failure error={done.error} />
        <Button type="submit" look="main" disabled={done.isPending}>
          {submit}
        </Button>
      </form>
    </main>
  );
}
