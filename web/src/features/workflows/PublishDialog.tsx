import { keepPreviousData, useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { everyStep, treeOf } from "./canvas/tree";
import { changesOf, PlannedChanges } from "./PlannedChanges";
import { PlannedMoves } from "./PlannedMoves";
import { withFile } from "./portfolio";
import { RolloutForm } from "./RolloutForm";
import { CAREFUL, choicesOf, type Goes, type Rollout } from "./rollout";
import type { WorkflowFile } from "./useWorkflowFile";
import "./publish.css";

type Props = { name: string; file: WorkflowFile; onClose: () => void };

/** Shows the plan, takes the choices, and publishes: consequences are named before anything happens. */
export function PublishDialog({ name, file, onClose }: Props) {
  const [moves, setMoves] = useState(false);
  const [steps, setSteps] = useState<Record<string, Goes>>({});
  const [backfills, setBackfills] = useState(false);
  const [rollout, setRollout] = useState<Rollout | undefined>(undefined);
  const choices = choicesOf(name, { moves, steps, backfills, rollout });
  const files = withFile(file.portfolio.files, file.path, file.text);
  const plan = useQuery({
    queryKey: ["plan", name, file.text, choices],
    queryFn: () => must(api.POST("/api/v1/plan", { body: { files, choices } })),
    placeholderData: keepPreviousData,
    gcTime: 0,
  });
  const published = useMutation({
    mutationFn: () =>
      must(api.POST("/api/v1/apply", { body: { files, choices, base: file.portfolio.revision } })),
  });
  const close = () => {
    onClose();
    if (published.data) void file.settle();
  };
  const isNew = file.published === undefined;
  return (
    <Dialog title={text.workflows.publishTitle} lead={text.workflows.publishLead} open onClose={close}>
      {published.data ? (
        <Notice look="good" title={text.workflows.published(published.data.revision)} />
      ) : (
        <Loaded query={plan}>
          {(plan) => {
            const own = changesOf(plan).find((change) => change.kind === "workflow" && change.name === name);
            const waiting = (version: number, step: string) =>
              plan.waiting.find((it) => it.workflow === name && it.version === version && it.step === step)
                ?.runs ?? 0;
            const waitingNow = plan.waiting.reduce(
              (sum, it) => sum + (it.workflow === name ? it.runs : 0),
              0,
            );
            return (
              <div className="stack">
                <PlannedChanges plan={plan} />
                {isNew ? null : (
                  <fieldset className="choice">
                    <legend>{words.publish.runs(waitingNow)}</legend>
                    <label>
                      <input type="radio" name="runs" checked={!moves} onChange={() => setMoves(false)} />{" "}
                      {words.publish.stayAll}
                    </label>
                    <label>
                      <input
                        type="radio"
                        name="runs"
                        checked={moves}
                        disabled={rollout !== undefined}
                        onChange={() => setMoves(true)}
                      />{" "}
                      {words.publish.moveAll}{" "}
                      {rollout ? <span className="soft small">{words.publish.notYet}</span> : null}
                    </label>
                    {moves ? (
                      <PlannedMoves
                        moves={own?.moves ?? []}
                        waiting={waiting}
                        steps={stepsOf(file.text)}
                        onChoose={(step, goes) => setSteps({ ...steps, [step]: goes })}
                      />
                    ) : null}
                  </fieldset>
                )}
                {isNew ? null : (
                  <fieldset className="choice">
                    <legend>{words.publish.reach}</legend>
                    <label>
                      <input
                        type="radio"
                        name="reach"
                        checked={!rollout}
                        onChange={() => setRollout(undefined)}
                      />{" "}
                      {words.publish.atOnce}
                    </label>
                    <label>
                      <input
                        type="radio"
                        name="reach"
                        checked={rollout !== undefined}
                        onChange={() => {
                          setRollout(CAREFUL);
                          setMoves(false);
                        }}
                      />{" "}
                      {words.publish.inStages}
                    </label>
                    {rollout ? <RolloutForm rollout={rollout} onChange={setRollout} /> : null}
                  </fieldset>
                )}
                <label>
                  <input
                    type="checkbox"
                    checked={backfills}
                    onChange={(event) => setBackfills(event.target.checked)}
                  />{" "}
                  {text.workflows.backfill}
                </label>
                <Failure error={published.error} />
                <div>
                  <Button
                    look="main"
                    disabled={!plan.valid || published.isPending}
                    onClick={() => published.mutate()}
                  >
                    {text.workflows.publishNow}
                  </Button>
                </div>
              </div>
            );
          }}
        </Loaded>
      )}
    </Dialog>
  );
}

function stepsOf(text: string): string[] {
  const tree = treeOf(text);
  return tree ? everyStep(tree.steps).flatMap((step) => step.id ?? []) : [];
}
