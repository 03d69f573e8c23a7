import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { text } from "../../text/en";
import { systemText as words } from "../../text/system";
import { QuarantinedEvent } from "./QuarantinedEvent";

/** Events that made no sense: why, what was sent, to mend and send again or to drop. */
export function QuarantineTab() {
  const [reason, setReason] = useState("");
  const quarantine = useInfiniteQuery({
    queryKey: ["quarantine"],
    queryFn: ({ pageParam }) =>
      must(api.GET("/api/v1/quarantine", { params: { query: pageParam ? { before: pageParam } : {} } })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const events = quarantine.data?.pages.flatMap((page) => page.events) ?? [];
  const reasons = new Map<string, number>();
  for (const { reason } of events) reasons.set(reason, (reasons.get(reason) ?? 0) + 1);
  return (
    <div className="stack">
      <p className="soft">{words.quarantineLead}</p>
      <Failure error={quarantine.error} />
      {quarantine.data && events.length === 0 ? (
        <Empty title={words.quarantineEmpty} hint={words.quarantineEmptyHint} />
      ) : null}
      {reasons.size > 1 ? (
        <label className="row">
          <span className="soft">{words.reasons}</span>
          <select className="input" value={reason} onChange={(event) => setReason(event.target.value)}>
            <option value="">{words.anyReason}</option>
            {[...reasons].map(([it, n]) => (
              <option key={it} value={it}>
                {it} ({n})
              </option>
            ))}
          </select>
        </label>
      ) : null}
      <ul className="stack tight">
        {events
          .filter((it) => !reason || it.reason === reason)
          .map((it) => (
            <QuarantinedEvent key={it.id} quarantined={it} />
          ))}
      </ul>
      {quarantine.hasNextPage ? (
        <div>
          <Button onClick={() => void quarantine.fetchNextPage()}>{text.more}</Button>
        </div>
      ) : null}
    </div>
  );
}
