import { useQuery } from "@tanstack/react-query";
import { useSearchParams } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { TimeChart } from "../../design/charts/TimeChart";
import { Empty } from "../../design/Empty";
import { Loaded } from "../../design/Loaded";
import { reportsText as words } from "../../text/reports";
import { Delivery } from "./Delivery";
import { EnteredChart } from "./EnteredChart";
import { MessagesChart } from "./MessagesChart";
import { added, namesIn } from "./sums";
import { Totals } from "./Totals";
import { useReport } from "./useReport";
import { WorkflowReport } from "./WorkflowReport";
import "./reports.css";

const PERIODS = [7, 30, 90, 365];

const ENGAGED = ["delivered", "opened", "clicked", "replied", "bounced", "complained", "unsubscribed"];

/** What the last days brought: in all workflows, or in one of them with its funnel. */
export default function Reports() {
  const [params, setParams] = useSearchParams();
  const workflow = params.get("workflow") ?? "";
  const days = Number(params.get("days") ?? 30);
  const report = useReport(days, workflow);
  const workflows = useQuery({ queryKey: ["workflows"], queryFn: () => must(api.GET("/api/v1/workflows")) });
  const titles = new Map((workflows.data?.workflows ?? []).map((it) => [it.name, it.title]));
  const put = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  return (
    <div className="stack">
      <div className="row apart">
        <div>
          <h1>{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </div>
        <div className="row">
          <select
            className="input"
            aria-label={words.workflow}
            value={workflow}
            onChange={(event) => put("workflow", event.target.value)}
          >
            <option value="">{words.all}</option>
            {[...titles].map(([name, title]) => (
              <option key={name} value={name}>
                {title}
              </option>
            ))}
          </select>
          <select
            className="input"
            aria-label={words.period}
            value={days}
            onChange={(event) => put("days", event.target.value)}
          >
            {PERIODS.map((n) => (
              <option key={n} value={n}>
                {words.days(n)}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Loaded query={report}>
        {(report) =>
          report.workflows.length === 0 && !workflow ? (
            <Empty title={words.nothing} hint={words.nothingHint} />
          ) : (
            <>
              <Totals report={report} />
              <div className="reports">
                <EnteredChart report={report} titles={titles} />
                <MessagesChart report={report} />
                <Engagement report={report} />
                <Goals report={report} titles={titles} what="reached" />
                <Goals report={report} titles={titles} what="value" />
              </div>
              <Delivery report={report} titles={titles} />
              {workflow ? <WorkflowReport key={workflow} name={workflow} /> : null}
            </>
          )
        }
      </Loaded>
    </div>
  );
}

function Engagement({ report }: { report: Schemas["Report"] }) {
  const { days, workflows } = report;
  return (
    <TimeChart
      title={words.engagement}
      lead={words.engagementLead}
      name="engagement"
      days={days}
      kind="lines"
      series={namesIn(workflows, "engaged", ENGAGED)
        .filter((what) => what !== "sent" && what !== "failed")
        .map((what) => ({
          name: words.engaged[what] ?? what,
          values: added(
            workflows.map((it) => it.engaged[what]),
            days.length,
          ),
        }))}
    />
  );
}

function Goals({
  report,
  titles,
  what,
}: {
  report: Schemas["Report"];
  titles: ReadonlyMap<string, string>;
  what: "reached" | "value";
}) {
  const several = report.workflows.length > 1;
  return (
    <TimeChart
      title={what === "reached" ? words.goals : words.value}
      lead={what === "reached" ? words.goalsLead : words.valueLead}
      name={`goals-${what}`}
      days={report.days}
      kind="lines"
      series={report.workflows.flatMap((it) =>
        Object.entries(it.goals).map(([goal, numbers]) => ({
          name: several ? `${titles.get(it.workflow) ?? it.workflow}: ${goal}` : goal,
          values: numbers[what],
        })),
      )}
    />
  );
}
