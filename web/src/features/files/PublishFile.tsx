import { useMutation, useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { PlannedChanges } from "../workflows/PlannedChanges";
import { withFile } from "../workflows/portfolio";
import type { WorkflowFile } from "../workflows/useWorkflowFile";

type Props = { file: WorkflowFile; consequence?: string; onClose: () => void };

/** Shows what publishing one file would change, and publishes it. */
export function PublishFile({ file, consequence, onClose }: Props) {
  const words = text.workflows;
  const files = withFile(file.portfolio.files, file.path, file.text);
  const plan = useQuery({
    queryKey: ["plan", file.path, file.text],
    queryFn: () => must(api.POST("/api/v1/plan", { body: { files } })),
    gcTime: 0,
  });
  const published = useMutation({
    mutationFn: () => must(api.POST("/api/v1/apply", { body: { files, base: file.portfolio.revision } })),
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
              {consequence ? <Notice title={consequence} /> : null}
              <PlannedChanges plan={plan} />
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
