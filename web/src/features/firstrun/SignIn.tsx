import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "../../app/session";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { text } from "../../text/en";

export function SignIn() {
  const { signIn } = useSession();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const done = useMutation({ mutationFn: () => signIn(email, password) });
  return (
    <main className="gate">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          done.mutate();
        }}
      >
        <h1>{text.signIn.title}</h1>
        <Field label={text.signIn.email}>
          <input
            required
            type="email"
            autoComplete="username"
            value={email}
            onChange={(event) => setEmail(event.target.value)}
          />
        </Field>
        <Field label={text.signIn.password}>
          <input
            required
            type="password"
            autoComplete="current-password"
            value={password}
            onChange={(event) => setPassword(event.target.value)}
          />
        </Field>
        <Failure error={done.error} />
        <Button type="submit" look="main" disabled={done.isPending}>
          {text.signIn.submit}
        </Button>
      </form>
    </main>
  );
}
