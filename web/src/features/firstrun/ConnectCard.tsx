import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Code } from "../../design/Code";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { text } from "../../text/en";
import { SNIPPETS, type SnippetKind } from "./snippets";

/** How often it looks whether events come in. */
const LOOK_EVERY_MS = 2_000;

/** Makes a write key, shows where to put it, and says when events come in. */
export function ConnectCard() {
  const words = text.start.connect;
  const [name, setName] = useState("website");
  const [kind, setKind] = useState<SnippetKind>("web");
  const made = useMutation({
    mutationFn: () => must(api.POST("/api/v1/keys", { body: { name, scope: "ingest" } })),
  });
  const status = useQuery({
    queryKey: ["status"],
    queryFn: () => must(api.GET("/api/v1/status")),
    refetchInterval: LOOK_EVERY_MS,
  });
  const secret = made.data?.secret;
  const n = status.data?.history ?? 0;
  return (
    <section className="card stack" aria-labelledby="connect">
      <div className="row apart">
        <h2 id="connect">{words.title}</h2>
        <span role="status">
          {n > 0 ? (
            <Badge look="good">
              {words.seen} {words.since(n)}
            </Badge>
          ) : (
            <Badge>{words.waiting}</Badge>
          )}
        </span>
      </div>
      <p className="soft">{words.lead}</p>
      <form
        className="row"
        onSubmit={(event) => {
          event.preventDefault();
          made.mutate();
        }}
      >
        <Field label={words.name} hint={words.nameHint}>
          <input required value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Button type="submit" look={secret ? "plain" : "main"} disabled={made.isPending}>
          {secret ? words.again : words.make}
        </Button>
      </form>
      <Failure error={made.error} />
      {secret ? (
        <>
          <p className="small soft">{words.shown}</p>
          <div className="row">
            {(Object.keys(SNIPPETS) as SnippetKind[]).map((other) => (
              <Button
                key={other}
                size="small"
                aria-pressed={other === kind}
                {...(other === kind ? { look: "main" as const } : {})}
                onClick={() => setKind(other)}
              >
                {words[other]}
              </Button>
            ))}
          </div>
          <Code>{SNIPPETS[kind](secret, window.location.origin)}</Code>
        </>
      ) : null}
    </section>
  );
}
