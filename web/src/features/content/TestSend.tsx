import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { useWho } from "../../app/session";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { contentText as words } from "../../text/content";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import { askedOf, type Trial } from "./usePreview";

type Props = { file: WorkflowFile; trial: Trial; onClose: () => void };

/** Sends what the preview shows to colleagues. */
export function TestSend({ file, trial, onClose }: Props) {
  const who = useWho();
  const [to, setTo] = useState(who.data?.person?.email ?? "");
  const addresses = to.split(/[\s,;]+/).filter(Boolean);
  const tested = useMutation({
    mutationFn: () =>
      must(
        api.POST("/api/v1/templates/test", {
          body: {
            ...askedOf(trial),
            file: { path: file.path, text: file.text },
            to: addresses,
          } as Schemas["TestBody"],
        }),
      ),
  });
  return (
    <Dialog title={words.testTitle} lead={words.testLead} open onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          tested.mutate();
        }}
      >
        <Field label={words.testTo} hint={words.testToHint}>
          <textarea rows={2} required value={to} onChange={(event) => setTo(event.target.value)} />
        </Field>
        <Failure error={tested.error} />
        {tested.data ? (
          <ul className="stack tight" role="status">
            {tested.data.sent.map((it) => (
              <li key={it.to} className="row">
                <Badge
                  look={it.outcome === "accepted" ? "good" : it.outcome === "permanent" ? "bad" : "warn"}
                >
                  {words.outcome[it.outcome] ?? it.outcome}
                </Badge>
                <span>{it.to}</span>
                <span className="soft small">{it.reply}</span>
              </li>
            ))}
          </ul>
        ) : null}
        <div>
          <Button type="submit" look="main" disabled={tested.isPending || addresses.length === 0}>
            {words.testSend}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
