import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../../api/client";
import { Button } from "../../../design/Button";
import { Failure } from "../../../design/Failure";
import { Field } from "../../../design/Field";
import { Instant } from "../../../design/Instant";
import { text } from "../../../text/en";
import { words } from "../../../text/flow";

const ORDERS = ["next", "finish", "abort"] as const;

/** How far a rollout is, and what can be decided about it. */
export function RolloutCard({ name, rollout }: { name: string; rollout: Schemas["RolloutView"] }) {
  const queries = useQueryClient();
  const [reason, setReason] = useState("");
  const done = useMutation({
    mutationFn: (order: (typeof ORDERS)[number]) =>
      must(
        api.POST("/api/v1/workflows/{name}/rollout", {
          params: { path: { name } },
          body: { do: order as never, reason: reason || null },
        }),
      ),
    onSuccess: () => queries.invalidateQueries(),
  });
  return (
    <section className="card rollout-card" aria-label={words.live.rollout}>
      <div>
        <h2>{words.live.rolloutOf(rollout.version, rollout.percent)}</h2>
        <p className="soft small">
          {words.live.stage(rollout.stage, rollout.stages.length)} <Instant at={rollout.stage_since} />
          {" · "}
          {words.live.others(rollout.previous)}
        </p>
        <progress max={100} value={rollout.percent} aria-label={words.live.rollout} />
      </div>
      <div className="row">
        <Field label={text.reason}>
          <input value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        {ORDERS.map((order) => (
          <Button
            key={order}
            size="small"
            {...(order === "abort" ? { look: "danger" as const } : {})}
            disabled={done.isPending}
            onClick={() => done.mutate(order)}
          >
            {words.live.rolloutOrders[order]}
          </Button>
        ))}
      </div>
      <Failure error={done.error} />
    </section>
  );
}
