import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { PlannedChanges } from "./PlannedChanges";
import { withFile } from "./portfolio";
import type { WorkflowFile } from "./useWorkflowFile";

type Props = { name: string; file: WorkflowFile; onClose: () => void };

/** Shows the plan, takes the choices, and publishes: consequences are named before anything happens. */
export function PublishDialog({ name, file, onClose }: Props) {
  const words = text.workflows;
  const [moves, setMoves] = useState(false);
  const [backfills, setBackfills] = useState(false);
  const choices: Schemas["Chosen"] = {
    backfill: backfills ? [{ workflow: name }] : [],
    ...(moves ? { migrations: { [name]: { default: "same" } } as Record<string, never> } : {}),
  };
  const files = withFile(file.portfolio.files, file.path, file.text);
  const plan = useQuery({
    queryKey: ["plan", name, file.text, moves, backfills],
    queryFn: () => must(api.POST("/api/v1/plan", { body: { files, choices } })),
    gcTime: 0,
  });
  const published = useMutation({
    mutationFn: () =>
      must(api.POST("/api/v1/apply", { body: { files, choices, base: file.portfolio.revision } })),
  });
  const close = () => {
    onClose();
    if (published.data) void file.settle();
  };
  return (
    <Dialog title={words.publishTitle} lead={words.publishLead} open onClose={close}>
      {published.data ? (
        <Notice look="good" title={words.published(published.data.revision)} />
      ) : (
        <Loaded query={plan}>
          {(plan) => (
            <div className="stack">
              <PlannedChanges plan={plan} />
              <div className="stack tight">
                <label>
                  <input
                    type="checkbox"
                    checked={moves}
                    onChange={(event) => setMoves(event.target.checked)}
                  />{" "}
                  {words.moveRuns}
                </label>
                <label>
                  <input
                    type="checkbox"
                    checked={backfills}
                    onChange={(event) => setBackfills(event.target.checked)}
                  />{" "}
                  {words.backfill}
                </label>
              </div>
              <Failure error={published.error} />
              <div>
                <Button
                  look="main"
                  disabled={!plan.valid || published.isPending}
                  onClick={() => published.mutate()}
                >
                  {words.publishNow}
                </Button>
              </div>
            </div>
          )}
        </Loaded>
      )}
    </Dialog>
  );
}
