import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useSession } from "../../app/session";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { text } from "../../text/en";

/** The first visit: whoever comes first becomes the owner. */
export function SetUp() {
  const { setUp } = useSession();
  const [owner, setOwner] = useState({ name: "", email: "", password: "" });
  const done = useMutation({ mutationFn: () => setUp(owner) });
  const put = (part: Partial<typeof owner>) => setOwner({ ...owner, ...part });
  return (
    <main className="gate">
      <form
        className="card"
        onSubmit={(event) => {
          event.preventDefault();
          done.mutate();
        }}
      >
        <h1>{text.setUp.title}</h1>
        <p className="soft">{text.setUp.lead}</p>
        <Field label={text.setUp.name}>
          <input
            required
            autoComplete="name"
            value={owner.name}
            onChange={(event) => put({ name: event.target.value })}
          />
        </Field>
        <Field label={text.setUp.email}>
          <input
            required
            type="email"
            autoComplete="username"
            value={owner.email}
            onChange={(event) => put({ email: event.target.value })}
          />
        </Field>
        <Field label={text.setUp.password} hint={text.setUp.passwordHint}>
          <input
            required
            type="password"
            autoComplete="new-password"
            minLength={10}
            value={owner.password}
            onChange={(event) => put({ password: event.target.value })}
          />
        </Field>
        <Failure error={done.error} />
        <Button type="submit" look="main" disabled={done.isPending}>
          {text.setUp.submit}
        </Button>
      </form>
    </main>
  );
}
