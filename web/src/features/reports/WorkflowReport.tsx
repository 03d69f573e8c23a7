import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { BarList } from "../../design/charts/BarList";
import { Failure } from "../../design/Failure";
import { reportsText as words } from "../../text/reports";
import { SideTable } from "./SideTable";
import { variantsOf, versionsOf } from "./sides";
import { shareOf } from "./sums";

/** One workflow: its funnel, and its versions and variants side by side. */
export function WorkflowReport({ name }: { name: string }) {
  const workflow = useQuery({
    queryKey: ["workflow", name],
    queryFn: () => must(api.GET("/api/v1/workflows/{name}", { params: { path: { name } } })),
  });
  const counters = useQuery({
    queryKey: ["counters"],
    queryFn: () => must(api.GET("/api/v1/counters")),
  });
  const counted = (counters.data?.counters ?? {}) as Record<string, number>;
  const entered = workflow.data?.entered ?? 0;
  const steps = workflow.data?.versions[0]?.steps ?? [];
  return (
    <>
      <Failure error={workflow.error ?? counters.error} />
      <BarList
        title={words.funnel}
        lead={words.funnelLead}
        name={`${name}-funnel`}
        head={[words.workflow, words.entries]}
        bars={[
          { name: words.funnelEntered, value: entered },
          ...steps.map((step) => ({
            name: step.id,
            value: step.taken,
            note: [
              shareOf(step.taken, entered),
              step.here > 0 ? words.here(step.here.toLocaleString()) : undefined,
            ]
              .filter(Boolean)
              .join(" · "),
          })),
        ]}
      />
      <SideTable
        title={words.versions}
        lead={words.versionsLead}
        of={words.version(1).replace(/ 1$/, "")}
        n={words.entries}
        sides={versionsOf(counted, name).map((it) => ({ ...it, name: words.version(Number(it.name)) }))}
      />
      {[...variantsOf(counted, name)].map(([experiment, sides]) => (
        <SideTable
          key={experiment}
          title={`${words.variants}: ${experiment}`}
          lead={words.variantsLead}
          of={words.variant}
          n={words.shown}
          sides={sides}
        />
      ))}
    </>
  );
}
