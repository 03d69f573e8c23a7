import { useQuery } from "@tanstack/react-query";
import { useMemo } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Failure } from "../../design/Failure";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { Canvas, type StepNote } from "./canvas/Canvas";
import { treeOf } from "./canvas/tree";
import "./live/live.css";

/** How many inputs are asked for at once, and how often at most. */
const PAGE = 1_000;
const PAGES_MAX = 20;

type Props = { contact: string; run: string; workflow: string; version: number; at?: string | undefined };

/** One run on the drawing of its version: the path that it took is lit, and where it is now is marked. */
export default function RunPath({ contact, run, workflow, version, at }: Props) {
  const portfolio = useQuery({ queryKey: ["portfolio"], queryFn: () => must(api.GET("/api/v1/portfolio")) });
  const path = useQuery({ queryKey: ["run-path", contact, run], queryFn: () => stepsOf(contact, run) });
  const source = portfolio.data?.versions.find((it) => it.workflow === workflow && it.version === version);
  const tree = useMemo(() => (source ? treeOf(source.source.text) : undefined), [source]);
  const lit = useMemo(() => new Set([...(path.data?.keys() ?? []), ...(at ? [at] : [])]), [path.data, at]);
  const notes = useMemo(() => {
    const notes = new Map<string, StepNote>();
    for (const [step, n] of path.data ?? []) if (n > 1) notes.set(step, { badge: words.live.times(n) });
    if (at) notes.set(at, { badge: words.live.isHere });
    return notes;
  }, [path.data, at]);
  if (portfolio.error || path.error) return <Failure error={portfolio.error ?? path.error} />;
  if (!tree || !path.data) {
    return (
      <p className="soft" role="status">
        {text.loading}
      </p>
    );
  }
  return (
    <figure className="run-path" aria-label={words.live.path(workflow)}>
      <Canvas tree={tree} notes={notes} lit={lit} reveal={undefined} />
    </figure>
  );
}

/** The steps that a run came by, with how many of the decisions there began something. */
async function stepsOf(reference: string, run: string): Promise<Map<string, number>> {
  const steps = new Map<string, number>();
  let after: number | undefined;
  for (let page = 0; page < PAGES_MAX; page += 1) {
    const why: Schemas["Why"] = await must(
      api.GET("/api/v1/contacts/{reference}/why", {
        params: { path: { reference }, query: { limit: PAGE, ...(after === undefined ? {} : { after }) } },
      }),
    );
    for (const decision of why.entries.flatMap((entry) => entry.decisions)) {
      if (decision.run !== run || !decision.step) continue;
      const isArrival = ["waits_until", "waits_for", "intended", "branched"].includes(decision.decision);
      steps.set(decision.step, (steps.get(decision.step) ?? 0) + (isArrival ? 1 : 0));
    }
    if (why.next === null || why.next === undefined) break;
    after = why.next;
  }
  return steps;
}
