import type { Schemas } from "../../api/client";
import { TimeChart } from "../../design/charts/TimeChart";
import { reportsText as words } from "../../text/reports";
import { added, namesIn } from "./sums";

const ORDER = ["sent", "blocked", "expired", "cancelled", "failed", "uncertain"];

const COLORS: Record<string, string> = {
  sent: "var(--chart-3)",
  blocked: "var(--chart-5)",
  expired: "var(--chart-2)",
  cancelled: "var(--chart-6)",
  failed: "var(--bad)",
  uncertain: "var(--chart-4)",
};

/** What became of messages, by day. */
export function MessagesChart({ report }: { report: Schemas["Report"] }) {
  const { days, workflows } = report;
  return (
    <TimeChart
      title={words.messages}
      lead={words.messagesLead}
      name="messages"
      days={days}
      kind="bars"
      series={namesIn(workflows, "messages", ORDER).map((state) => ({
        name: words.states[state] ?? state,
        values: added(
          workflows.map((it) => it.messages[state]),
          days.length,
        ),
        color: COLORS[state],
      }))}
    />
  );
}
