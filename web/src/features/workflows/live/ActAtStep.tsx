import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../../api/client";
import { Button } from "../../../design/Button";
import { Dialog } from "../../../design/Dialog";
import { Failure } from "../../../design/Failure";
import { Field } from "../../../design/Field";
import { Notice } from "../../../design/Notice";
import { text } from "../../../text/en";
import { words } from "../../../text/flow";

/** What is done, to one run or to all that rest at the step. */
export type Target = { what: "skip" | "end"; run: Schemas["WorkflowRun"] | undefined; n: number };

type Props = {
  workflow: string;
  step: string;
  target: Target;
  /** The versions in which somebody waits there. */
  versions: readonly number[];
  onClose: () => void;
};

/** Says what it means, asks why, and does it: for one contact at once, for many by a job. */
export function ActAtStep({ workflow, step, target: { what, run, n }, versions, onClose }: Props) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const done = useMutation({
    mutationFn: async () => {
      const runs = run ? { run: run.run.id } : { workflow, step };
      const order = { on_runs: { runs, what } } as unknown as Record<string, never>;
      if (run) {
        const params = { path: { reference: run.contact.id } };
        await must(api.POST("/api/v1/contacts/{reference}/commands", { params, body: { order, reason } }));
      } else {
        await must(
          api.POST("/api/v1/bulk", { body: { select: { runs: { workflow, step } }, order, reason } }),
        );
      }
    },
    onSuccess: async () => {
      await queries.invalidateQueries();
      onClose();
    },
  });
  const name = run?.contact.name ?? run?.contact.user_id ?? run?.contact.id;
  const title = what === "skip" ? words.live.skipOf(name, n) : words.live.endOf(name, n);
  return (
    <Dialog title={title} lead={words.live.consequence[what]} open onClose={onClose}>
      {!run && versions.length > 1 ? (
        <Notice look="warn" title={words.live.everyVersion(n, [...versions])} />
      ) : null}
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          done.mutate();
        }}
      >
        <Field label={text.reason} hint={text.reasonHint}>
          <input required value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Failure error={done.error} />
        <div>
          <Button type="submit" look={what === "end" ? "danger" : "main"} disabled={done.isPending}>
            {what === "skip" ? words.live.skip : words.live.end}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
