import { useMutation, useQueryClient } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { messagesText as words } from "../../text/messages";

/** Puts a message that failed back into the outbox. */
export function RetryButton({ id, to }: { id: string; to: string }) {
  const queries = useQueryClient();
  const retried = useMutation({
    mutationFn: () => must(api.POST("/api/v1/messages/{id}/requeue", { params: { path: { id } }, body: {} })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["messages"] }),
  });
  if (retried.data) return <Badge look="good">{words.retried}</Badge>;
  return (
    <>
      <Button
        size="small"
        title={words.retryHint}
        aria-label={`${words.retry}: ${to}`}
        disabled={retried.isPending}
        onClick={() => retried.mutate()}
      >
        {words.retry}
      </Button>
      <Failure error={retried.error} />
    </>
  );
}
