import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { TimeChart } from "../../design/charts/TimeChart";
import { Loaded } from "../../design/Loaded";
import { segmentsText as words } from "../../text/segments";

const PERIODS = [30, 90, 365];

/** How many were in a segment or on a list day by day, and who came and went. */
export function GrowthTab({ kind, name }: { kind: "segment" | "list"; name: string }) {
  const [days, setDays] = useState(30);
  const growth = useQuery({
    queryKey: [kind, name, "growth", days],
    queryFn: () => {
      const params = { path: { name }, query: { days } };
      return kind === "segment"
        ? must(api.GET("/api/v1/segments/{name}", { params }))
        : must(api.GET("/api/v1/lists/{name}", { params }));
    },
    placeholderData: (before) => before,
  });
  const period = (
    <select
      className="input"
      aria-label={words.period}
      value={days}
      onChange={(event) => setDays(Number(event.target.value))}
    >
      {PERIODS.map((n) => (
        <option key={n} value={n}>
          {words.days(n)}
        </option>
      ))}
    </select>
  );
  return (
    <Loaded query={growth}>
      {({ growth }) => {
        const byDay = growth.map((it) => it.day);
        const went = (values: number[]) => values.map((n) => (n === 0 ? 0 : -n));
        return (
          <div className="stack">
            <TimeChart
              title={words.growth}
              lead={words.growthLead}
              name={`${name}-growth`}
              days={byDay}
              kind="lines"
              series={[{ name: words.series.n, values: growth.map((it) => it.n_contacts) }]}
              tools={period}
            />
            <TimeChart
              title={words.moves}
              lead={words.movesLead}
              name={`${name}-moves`}
              days={byDay}
              kind="bars"
              series={[
                {
                  name: words.series.entered,
                  values: growth.map((it) => it.entered),
                  color: "var(--chart-3)",
                },
                {
                  name: words.series.left,
                  values: went(growth.map((it) => it.left)),
                  color: "var(--chart-2)",
                },
                {
                  name: words.series.definedIn,
                  values: growth.map((it) => it.defined_in),
                  color: "var(--chart-6)",
                },
                {
                  name: words.series.definedOut,
                  values: went(growth.map((it) => it.defined_out)),
                  color: "var(--chart-4)",
                },
              ]}
            />
          </div>
        );
      }}
    </Loaded>
  );
}
