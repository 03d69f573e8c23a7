import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { Content } from "./Content";
import { StateBadge } from "./StateBadge";
import "./message.css";

/** States from which a person may have a message tried again. */
const REQUEUED = new Set(["failed", "uncertain"]);

/** One message: its content, and what became of it. */
export default function Message({ id }: { id: string }) {
  const words = text.messages;
  const queries = useQueryClient();
  const params = { path: { id } };
  const message = useQuery({
    queryKey: ["message", id],
    queryFn: () => must(api.GET("/api/v1/messages/{id}", { params })),
  });
  const requeued = useMutation({
    mutationFn: () => must(api.POST("/api/v1/messages/{id}/requeue", { params, body: {} })),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <div className="stack">
      <p className="small">
        <Link href="/messages">{words.title}</Link>
      </p>
      <Loaded query={message}>
        {(message) => (
          <>
            <div className="row apart">
              <div className="row">
                <h1>{message.template}</h1>
                <StateBadge state={message.state} />
              </div>
              {REQUEUED.has(message.state) ? (
                <Button onClick={() => requeued.mutate()} disabled={requeued.isPending}>
                  {words.requeue}
                </Button>
              ) : null}
            </div>
            <Failure error={requeued.error} />
            {requeued.data ? <Notice look="good" title={words.requeued} /> : null}
            <section className="card stack tight" aria-labelledby="detail">
              <h2 id="detail">{words.detail}</h2>
              <dl className="facts small">
                <dt>{words.column.to}</dt>
                <dd>
                  {message.channel}: {message.address}{" "}
                  {message.contact ? (
                    <Link href={`/contacts/${message.contact}`}>{text.contacts.open}</Link>
                  ) : null}
                </dd>
                <dt>{words.column.workflow}</dt>
                <dd>
                  <Link href={`/workflows/${message.workflow}`}>{message.workflow}</Link> / {message.step} ·{" "}
                  {text.workflows.version(message.version)}
                </dd>
                <dt>{words.column.at}</dt>
                <dd>
                  <Instant at={message.intent_at} />
                </dd>
                {Object.entries(message.detail as Record<string, unknown>).map(([name, value]) => (
                  <div key={name} className="facts-row">
                    <dt>{name.replaceAll("_", " ")}</dt>
                    <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
                  </div>
                ))}
              </dl>
            </section>
            {message.content ? <Content content={message.content as Record<string, unknown>} /> : null}
          </>
        )}
      </Loaded>
    </div>
  );
}
