import type { Schemas } from "../../api/client";
import { TimeChart } from "../../design/charts/TimeChart";
import { reportsText as words } from "../../text/reports";
import { sum } from "./sums";

/** The most workflows that are told apart; the busiest are. */
const APART_MAX = 6;

/** Who entered, by day and workflow. */
export function EnteredChart({
  report,
  titles,
}: {
  report: Schemas["Report"];
  titles: ReadonlyMap<string, string>;
}) {
  const busiest = report.workflows.toSorted((one, other) => sum(other.entered) - sum(one.entered));
  return (
    <TimeChart
      title={words.entered}
      lead={words.enteredLead}
      name="entered"
      days={report.days}
      kind="lines"
      series={busiest.slice(0, APART_MAX).map((it) => ({
        name: titles.get(it.workflow) ?? it.workflow,
        values: it.entered,
      }))}
    />
  );
}
