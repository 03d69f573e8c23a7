import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";

type Action = keyof typeof text.contacts.actions;

/** What the action is about: a workflow to enter, one that the contact is in, a tag, or a channel. */
function order(action: Action, about: string): object {
  switch (action) {
    case "start":
      return { start_run: { workflow: about, data: {}, by_hand: true } };
    case "tag":
      return { tag: { tag: about, on: true } };
    case "unsubscribe":
      return { channel_consent: { channel: about, answer: "unsubscribed" } };
    default:
      return { on_runs: { runs: about ? { workflow: about } : {}, what: action } };
  }
}

/** Orders of a person to one contact, each with a reason. */
export function Act({ contact }: { contact: Schemas["ContactView"] }) {
  const words = text.contacts;
  const queries = useQueryClient();
  const [isOpen, setOpen] = useState(false);
  const [action, setAction] = useState<Action>("start");
  const [about, setAbout] = useState("");
  const [reason, setReason] = useState("");
  const workflows = useQuery({
    queryKey: ["workflows"],
    queryFn: () => must(api.GET("/api/v1/workflows")),
    enabled: isOpen,
  });
  const done = useMutation({
    mutationFn: () =>
      must(
        api.POST("/api/v1/contacts/{reference}/commands", {
          params: { path: { reference: contact.id } },
          body: { order: order(action, about) as Record<string, never>, reason: reason || null },
        }),
      ),
    onSuccess: () => queries.invalidateQueries(),
  });
  const choices =
    action === "start"
      ? (workflows.data?.workflows.map((it) => it.name) ?? [])
      : action === "unsubscribe"
        ? ["email", "sms", "push"]
        : action === "tag"
          ? []
          : [...new Set(contact.runs.map((run) => run.workflow))];
  return (
    <>
      <Button onClick={() => setOpen(true)}>{words.act}</Button>
      <Dialog title={words.act} open={isOpen} onClose={() => setOpen(false)}>
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            done.mutate();
          }}
        >
          <Field label={words.act}>
            <select
              value={action}
              onChange={(event) => {
                setAction(event.target.value as Action);
                setAbout("");
              }}
            >
              {Object.entries(words.actions).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
          <Field
            label={action === "tag" ? "Tag" : action === "unsubscribe" ? "Channel" : text.messages.workflow}
          >
            <input required list="about" value={about} onChange={(event) => setAbout(event.target.value)} />
          </Field>
          <datalist id="about">
            {choices.map((choice) => (
              <option key={choice} value={choice} />
            ))}
          </datalist>
          <Field label={text.reason} hint={text.reasonHint}>
            <input value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
          <Failure error={done.error} />
          {done.data ? (
            <Notice look="good" title={done.data.queued ? words.queued : words.done}>
              <ul>
                {done.data.decisions.map((it) => (
                  <li key={it.text}>{it.text}</li>
                ))}
              </ul>
            </Notice>
          ) : null}
          <div>
            <Button type="submit" look="main" disabled={done.isPending}>
              {words.actions[action]}
            </Button>
          </div>
        </form>
      </Dialog>
    </>
  );
}
