import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { systemText as words } from "../../text/system";

/** Inputs that could not be processed: to try again, or to give up. */
export function StuckTab() {
  const queries = useQueryClient();
  const stuck = useQuery({ queryKey: ["stuck"], queryFn: () => must(api.GET("/api/v1/stuck")) });
  const onSuccess = () => queries.invalidateQueries();
  const retried = useMutation({
    mutationFn: (seq: number) => must(api.POST("/api/v1/stuck/{seq}/retry", { params: { path: { seq } } })),
    onSuccess,
  });
  const dropped = useMutation({
    mutationFn: (seq: number) => must(api.POST("/api/v1/stuck/{seq}/drop", { params: { path: { seq } } })),
    onSuccess,
  });
  return (
    <div className="stack">
      <p className="soft">{words.stuckLead}</p>
      <Failure error={retried.error ?? dropped.error} />
      <Loaded query={stuck}>
        {({ inputs }) =>
          inputs.length === 0 ? (
            <Empty title={words.stuckEmpty} hint={words.stuckEmptyHint} />
          ) : (
            <ul className="stack tight">
              {inputs.map((it) => (
                <li key={it.seq} className="card stack tight">
                  <div className="row apart">
                    <strong>{it.input?.event?.name || it.input?.kind || it.source}</strong>
                    <span className="soft small">
                      <Link href={`/contacts/${it.contact}`}>{text.contacts.open}</Link> ·{" "}
                      <Instant at={it.created_at} />
                    </span>
                  </div>
                  <p className="small">{it.why}</p>
                  <div className="row">
                    <Button size="small" onClick={() => retried.mutate(it.seq)}>
                      {words.retry}
                    </Button>
                    <Button
                      size="small"
                      look="danger"
                      title={words.stuckDropHint}
                      onClick={() => dropped.mutate(it.seq)}
                    >
                      {words.drop}
                    </Button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}
