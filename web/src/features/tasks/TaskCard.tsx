import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";

/** One task: who does it, until when, and how it came out. */
export function TaskCard({ task }: { task: Schemas["TaskView"] }) {
  const words = text.tasks;
  const queries = useQueryClient();
  const [note, setNote] = useState("");
  const params = { path: { id: task.id } };
  const onSuccess = () => queries.invalidateQueries();
  const claimed = useMutation({
    mutationFn: (release: boolean) =>
      must(api.POST("/api/v1/tasks/{id}/claim", { params, body: { release } })),
    onSuccess,
  });
  const completed = useMutation({
    mutationFn: (outcome: string) =>
      must(api.POST("/api/v1/tasks/{id}/complete", { params, body: { outcome, note: note || null } })),
    onSuccess,
  });
  return (
    <article className="card stack tight">
      <div className="row apart">
        <h2>{task.title ?? task.step}</h2>
        <span className="row small">
          <Badge>{task.assignee}</Badge>
          {task.escalated ? <Badge look="warn">{words.late}</Badge> : null}
          {words.due} <Instant at={task.due_at} />
        </span>
      </div>
      {task.note ? <p>{task.note}</p> : null}
      <p className="small soft">
        <Link href={`/contacts/${task.contact}`}>{text.contacts.open}</Link> · {task.workflow} / {task.step}
        {task.claimed_by ? ` · ${task.claimed_by}` : ""}
      </p>
      <Failure error={claimed.error ?? completed.error} />
      <div className="row">
        <Button size="small" onClick={() => claimed.mutate(Boolean(task.claimed_by))}>
          {task.claimed_by ? words.release : words.claim}
        </Button>
        <Field label={words.note}>
          <input value={note} onChange={(event) => setNote(event.target.value)} />
        </Field>
        {task.outcomes.map((outcome) => (
          <Button key={outcome} size="small" look="main" onClick={() => completed.mutate(outcome)}>
            {words.done} {outcome}
          </Button>
        ))}
      </div>
    </article>
  );
}
