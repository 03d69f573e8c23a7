import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { segmentsText as words } from "../../text/segments";
import { Findings } from "../files/Findings";
import type { WorkflowFile } from "../workflows/useWorkflowFile";

/** Says what the removal of a segment means, whether anything needs it, and removes it. */
export function RemoveSegment({ file, onClose }: { file: WorkflowFile; onClose: () => void }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const files = file.portfolio.files.filter((it) => it.path !== file.path);
  const plan = useQuery({
    queryKey: ["plan-removal", file.path],
    queryFn: () => must(api.POST("/api/v1/plan", { body: { files } })),
    gcTime: 0,
  });
  const removed = useMutation({
    mutationFn: () => must(api.POST("/api/v1/apply", { body: { files, base: file.portfolio.revision } })),
    onSuccess: async () => {
      go("/segments");
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog title={words.removeTitle} lead={words.removeConsequence} open onClose={onClose}>
      <Loaded query={plan}>
        {(plan) => (
          <div className="stack">
            <Findings found={plan.diagnostics.filter((it) => it.severity === "error")} />
            <Failure error={removed.error} />
            <div>
              <Button
                look="danger"
                disabled={!plan.valid || removed.isPending}
                onClick={() => removed.mutate()}
              >
                {words.removeNow}
              </Button>
            </div>
          </div>
        )}
      </Loaded>
    </Dialog>
  );
}
