import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { text } from "../../text/en";

type Order = "pause" | "resume" | "stop" | "archive" | "restore";

/** What can be done from each status. */
const ORDERS: Record<string, Order[]> = {
  live: ["pause", "stop", "archive"],
  paused: ["resume", "stop", "archive"],
  halted: ["resume"],
  archived: ["restore"],
};

/** Pause, stop, go on: each says beforehand what it means, and asks why. */
export function LifecycleButtons({ workflow }: { workflow: Schemas["WorkflowView"] }) {
  const words = text.workflows;
  const queries = useQueryClient();
  const [order, setOrder] = useState<Order | undefined>(undefined);
  const [reason, setReason] = useState("");
  const { name } = workflow;
  const done = useMutation({
    mutationFn: async (order: Order) => {
      const params = { path: { name } };
      await must(api.POST(`/api/v1/workflows/{name}/${order}`, { params, body: { reason } } as never));
    },
    onSuccess: async () => {
      setOrder(undefined);
      setReason("");
      await queries.invalidateQueries();
    },
  });
  return (
    <div className="row">
      {(ORDERS[workflow.status] ?? []).map((order) => (
        <Button
          key={order}
          size="small"
          {...(order === "stop" ? { look: "danger" as const } : {})}
          onClick={() => setOrder(order)}
        >
          {words[order]}
        </Button>
      ))}
      <Dialog
        title={order ? words[order] : ""}
        lead={order ? (words.consequence[order] ?? "") : ""}
        open={order !== undefined}
        onClose={() => setOrder(undefined)}
      >
        <form
          className="stack"
          onSubmit={(event) => {
            event.preventDefault();
            if (order) done.mutate(order);
          }}
        >
          <Field label={text.reason} hint={text.reasonHint}>
            <input value={reason} onChange={(event) => setReason(event.target.value)} />
          </Field>
          <Failure error={done.error} />
          <div>
            <Button type="submit" look="main" disabled={done.isPending}>
              {order ? words[order] : ""}
            </Button>
          </div>
        </form>
      </Dialog>
    </div>
  );
}
