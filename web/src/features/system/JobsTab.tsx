import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { systemText as words } from "../../text/system";

/** How often it is looked at. */
const LOOK_EVERY_MS = 2_000;

/** Long work over many contacts, and how far it is. */
export function JobsTab() {
  const queries = useQueryClient();
  const jobs = useQuery({
    queryKey: ["jobs"],
    queryFn: () => must(api.GET("/api/v1/jobs")),
    refetchInterval: LOOK_EVERY_MS,
  });
  const cancelled = useMutation({
    mutationFn: (id: string) => must(api.POST("/api/v1/jobs/{id}/cancel", { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["jobs"] }),
  });
  return (
    <div className="stack">
      <Failure error={cancelled.error} />
      <Loaded query={jobs}>
        {({ jobs }) =>
          jobs.length === 0 ? (
            <Empty title={words.jobsEmpty} hint={words.jobsEmptyHint} />
          ) : (
            <ul className="stack tight">
              {jobs.map((job) => (
                <li key={job.id} className="card stack tight">
                  <div className="row apart">
                    <span className="row">
                      <strong>{words.kinds[job.kind] ?? job.kind.replaceAll("_", " ")}</strong>
                      <Badge
                        look={
                          job.state === "running" ? "accent" : job.state === "cancelled" ? "warn" : "good"
                        }
                      >
                        {words.job[job.state] ?? job.state}
                      </Badge>
                    </span>
                    <span className="soft small">
                      {words.by} {job.by} · <Instant at={job.created_at} />
                    </span>
                  </div>
                  <progress
                    max={Math.max(1, job.total)}
                    value={job.finished ? Math.max(1, job.total) : job.looked_at}
                  >
                    {job.looked_at}
                  </progress>
                  <div className="row apart small soft">
                    <span>{words.progress(job.looked_at.toLocaleString(), job.total.toLocaleString())}</span>
                    {job.state === "running" ? (
                      <Button size="small" onClick={() => cancelled.mutate(job.id)}>
                        {words.cancel}
                      </Button>
                    ) : null}
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
