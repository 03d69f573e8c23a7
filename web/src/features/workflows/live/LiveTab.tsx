import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, must, type Schemas } from "../../../api/client";
import { Loaded } from "../../../design/Loaded";
import { text } from "../../../text/en";
import { words } from "../../../text/flow";
import { Canvas } from "../canvas/Canvas";
import { everyStep, type Path, samePath, treeOf } from "../canvas/tree";
import { HeldBack } from "./HeldBack";
import { notesOf } from "./numbers";
import { RolloutCard } from "./RolloutCard";
import { StepPeople } from "./StepPeople";
import { Totals } from "./Totals";
import "./live.css";

type Props = { workflow: Schemas["WorkflowView"] };

/** Who is where now, on the drawing of a version; a step tells who waits there. */
export function LiveTab({ workflow }: Props) {
  const portfolio = useQuery({ queryKey: ["portfolio"], queryFn: () => must(api.GET("/api/v1/portfolio")) });
  return (
    <Loaded query={portfolio}>
      {({ versions }) => (
        <Live workflow={workflow} all={versions.filter((it) => it.workflow === workflow.name)} />
      )}
    </Loaded>
  );
}

function Live({ workflow, all }: Props & { all: Schemas["VersionView"][] }) {
  const [chosen, choose] = useState(workflow.current ?? workflow.newest);
  const [selected, select] = useState<Path | undefined>(undefined);
  const source = all.find((it) => it.version === chosen)?.source.text ?? "";
  const tree = useMemo(() => treeOf(source), [source]);
  const view = workflow.versions.find((it) => it.version === chosen);
  const notes = useMemo(() => notesOf(view), [view]);
  const step = selected && tree ? everyStep(tree.steps).find((it) => samePath(it.path, selected)) : undefined;
  const entered = workflow.counted[`entered:v${chosen}`] ?? 0;
  return (
    <div className="stack">
      <div className="row">
        <ol className="version-list" aria-label={text.workflows.tab.versions}>
          {workflow.versions.toReversed().map((it) => (
            <li key={it.version}>
              <button
                type="button"
                aria-current={it.version === chosen ? "true" : undefined}
                onClick={() => {
                  choose(it.version);
                  select(undefined);
                }}
              >
                {text.workflows.version(it.version)}{" "}
                <span className="soft">{text.workflows.here(it.live)}</span>
              </button>
            </li>
          ))}
        </ol>
        <span className="soft small">{words.live.legend}</span>
      </div>
      {workflow.rollout ? <RolloutCard name={workflow.name} rollout={workflow.rollout} /> : null}
      <div className="canvas-area">
        {tree ? (
          <Canvas
            key={chosen}
            tree={tree}
            notes={notes}
            selected={selected}
            onSelect={select}
            entered={words.live.entered(entered)}
          />
        ) : null}
        <aside className="card panel" aria-label={words.live.numbers}>
          {step?.id ? (
            <StepPeople
              key={`${chosen}/${step.id}`}
              workflow={workflow.name}
              version={chosen}
              step={step}
              here={view?.steps.find((it) => it.id === step.id)?.here ?? 0}
              hereBy={workflow.versions.flatMap((it) => {
                const here = it.steps.find((at) => at.id === step.id)?.here ?? 0;
                return here > 0 ? [{ version: it.version, here }] : [];
              })}
            />
          ) : (
            <div className="stack">
              <p className="soft small">{words.live.pick}</p>
              <Totals counted={workflow.counted} />
              <HeldBack workflow={workflow.name} />
            </div>
          )}
        </aside>
      </div>
    </div>
  );
}
