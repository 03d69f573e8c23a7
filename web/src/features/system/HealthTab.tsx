import { useQuery } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { systemText as words } from "../../text/system";

/** How often it is looked at. */
const LOOK_EVERY_MS = 3_000;

/** Whether everything runs, with its numbers. */
export function HealthTab() {
  const status = useQuery({
    queryKey: ["status"],
    queryFn: () => must(api.GET("/api/v1/status")),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <Loaded query={status}>
      {(status) => {
        const outbox = Object.entries(status.outbox);
        const facts: [string, ReactNode][] = [
          [words.facts.version, status.version],
          [words.facts.at, <Instant key="at" at={status.at} />],
          [words.facts.revision, status.catalog_revision],
          [words.facts.history, status.history.toLocaleString()],
          [words.facts.inbox, status.inbox.toLocaleString()],
          [
            words.facts.alarm,
            status.oldest_alarm ? <Instant key="alarm" at={status.oldest_alarm} /> : text.none,
          ],
          [
            words.facts.outbox,
            outbox.length ? outbox.map(([state, n]) => `${state} ${n.toLocaleString()}`).join(", ") : "0",
          ],
          [words.facts.tail, status.tail_changes.toLocaleString()],
        ];
        return (
          <section className="card stack">
            <div>
              <Badge look={status.ready ? "good" : "bad"}>
                {status.ready ? words.ready : words.notReady}
              </Badge>
            </div>
            <dl className="facts">
              {facts.map(([label, value]) => (
                <div key={label} className="facts-row">
                  <dt>{label}</dt>
                  <dd>{value}</dd>
                </div>
              ))}
            </dl>
          </section>
        );
      }}
    </Loaded>
  );
}
