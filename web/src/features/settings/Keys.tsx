import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { TakenAwayTable } from "./TakenAwayTable";

const SCOPES = ["ingest", "read", "manage", "admin"] as const;

/** The keys of programs. */
export function Keys() {
  const words = text.settings;
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [scope, setScope] = useState<Schemas["Scope"]>("ingest");
  const keys = useQuery({ queryKey: ["keys"], queryFn: () => must(api.GET("/api/v1/keys")) });
  const onSuccess = () => queries.invalidateQueries({ queryKey: ["keys"] });
  const made = useMutation({
    mutationFn: () => must(api.POST("/api/v1/keys", { body: { name, scope } })),
    onSuccess,
  });
  const revoked = useMutation({
    mutationFn: (id: string) => must(api.DELETE("/api/v1/keys/{id}", { params: { path: { id } } })),
    onSuccess,
  });
  return (
    <section className="stack tight" aria-labelledby="keys">
      <h2 id="keys">{words.keys}</h2>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          made.mutate();
        }}
      >
        <Field label={words.name} hint={text.start.connect.nameHint}>
          <input required value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={words.scope}>
          <select value={scope} onChange={(event) => setScope(event.target.value as Schemas["Scope"])}>
            {SCOPES.map((scope) => (
              <option key={scope} value={scope}>
                {words.scopes[scope]}
              </option>
            ))}
          </select>
        </Field>
        <Button type="submit" disabled={made.isPending}>
          {words.add}
        </Button>
      </form>
      <Failure error={made.error ?? revoked.error} />
      {made.data ? (
        <Notice look="good" title={text.start.connect.shown}>
          <code>{made.data.secret}</code>
        </Notice>
      ) : null}
      <Loaded query={keys}>
        {({ keys }) => (
          <TakenAwayTable
            head={[words.name, words.scope, words.made]}
            rows={keys.map((key) => ({
              id: key.id,
              name: key.name,
              more: key.id,
              may: words.scopes[key.scope] ?? key.scope,
              since: key.created_at,
              isGone: Boolean(key.revoked_at),
            }))}
            take={words.revoke}
            hint={words.revokeHint}
            gone={words.revoked}
            isBusy={revoked.isPending}
            onTake={revoked.mutate}
          />
        )}
      </Loaded>
    </section>
  );
}
