import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { TakenAwayTable } from "./TakenAwayTable";

const NOBODY: Schemas["MemberWish"] = { name: "", email: "", password: "", scope: "manage" };

/** Who signs in here. */
export function Team() {
  const words = text.settings;
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [wish, setWish] = useState(NOBODY);
  const team = useQuery({ queryKey: ["team"], queryFn: () => must(api.GET("/api/v1/team")) });
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["team"] });
  const added = useMutation({
    mutationFn: () => must(api.POST("/api/v1/team", { body: wish })),
    onSuccess: async () => {
      setOpen(false);
      setWish(NOBODY);
      await onSuccess();
    },
  });
  const removed = useMutation({
    mutationFn: (id: string) => must(api.DELETE("/api/v1/team/{id}", { params: { path: { id } } })),
    onSuccess,
  });
  return (
    <section className="stack tight" aria-labelledby="team">
      <div className="row apart">
        <h2 id="team">{words.team}</h2>
        <Button onClick={() => setOpen(true)}>{words.add}</Button>
      </div>
      <Failure error={removed.error} />
      <Loaded query={team}>
        {({ members }) => (
          <TakenAwayTable
            head={[words.person, words.scope, words.joined]}
            rows={members.map((member) => ({
              id: member.id,
              name: member.name,
              more: member.email,
              may: words.scopes[member.scope] ?? member.scope,
              since: member.created_at,
              isGone: Boolean(member.removed_at),
            }))}
            take={words.remove}
            hint={words.removeHint}
            gone={words.left}
            isBusy={removed.isPending}
            onTake={removed.mutate}
          />
        )}
      </Loaded>
      <Dialog title={words.add} open={isOpen} onClose={() => setOpen(false)}>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            added.mutate();
          }}
        >
          <Field label={words.name}>
            <input
              required
              value={wish.name}
              onChange={(event) => setWish({ ...wish, name: event.target.value })}
            />
          </Field>
          <Field label={text.signIn.email}>
            <input
              required
              type="email"
              value={wish.email}
              onChange={(event) => setWish({ ...wish, email: event.target.value })}
            />
          </Field>
          <Field label={words.password} hint={text.setUp.passwordHint}>
            <input
              required
              type="password"
              autoComplete="new-password"
              minLength={10}
              value={wish.password}
              onChange={(event) => setWish({ ...wish, password: event.target.value })}
            />
          </Field>
          <Field label={words.scope}>
            <select
              value={wish.scope}
              onChange={(event) => setWish({ ...wish, scope: event.target.value as Schemas["Scope"] })}
            >
              {(["read", "manage", "admin"] as const).map((scope) => (
                <option key={scope} value={scope}>
                  {words.scopes[scope]}
                </option>
              ))}
            </select>
          </Field>
          <Failure error={added.error} />
          <div>
            <Button type="submit" look="main" disabled={added.isPending}>
              {words.add}
            </Button>
          </div>
        </form>
      </Dialog>
    </section>
  );
}
