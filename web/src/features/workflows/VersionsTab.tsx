import { useQuery } from "@tanstack/react-query";
import { useMemo, useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { words } from "../../text/flow";
import { Canvas, type StepNote } from "./canvas/Canvas";
import { treeOf } from "./canvas/tree";
import { compare } from "./compare";
import { differenceOf } from "./difference";

/** Every version as it was published, drawn, and what it changed: on the canvas, and line by line. */
export function VersionsTab({ workflow }: { workflow: Schemas["WorkflowView"] }) {
  const portfolio = useQuery({ queryKey: ["portfolio"], queryFn: () => must(api.GET("/api/v1/portfolio")) });
  return (
    <Loaded query={portfolio}>
      {({ versions }) => (
        <Versions workflow={workflow} all={versions.filter((it) => it.workflow === workflow.name)} />
      )}
    </Loaded>
  );
}

function Versions({ workflow, all }: { workflow: Schemas["WorkflowView"]; all: Schemas["VersionView"][] }) {
  const [chosen, choose] = useState(workflow.newest);
  const version = all.find((it) => it.version === chosen);
  const earlier = all.filter((it) => it.version < chosen);
  const [against, setAgainst] = useState<number | undefined>(undefined);
  const before = earlier.find((it) => it.version === against) ?? earlier.at(-1);
  const now = version?.source.text ?? "";
  const then = before?.source.text ?? "";
  const tree = useMemo(() => treeOf(now), [now]);
  const { marks, removed } = useMemo(
    () => (tree ? compare(then ? treeOf(then) : undefined, tree) : { marks: new Map(), removed: [] }),
    [tree, then],
  );
  const notes = useMemo(
    () => new Map<string, StepNote>([...marks].map(([id, mark]) => [id, { mark }])),
    [marks],
  );
  const n = (mark: string) => [...marks.values()].filter((it) => it === mark).length;
  return (
    <div className="stack">
      <div className="row">
        <ol className="version-list" aria-label={text.workflows.tab.versions}>
          {all.map((it) => (
            <li key={it.version}>
              <button
                type="button"
                aria-current={it.version === chosen ? "true" : undefined}
                onClick={() => choose(it.version)}
              >
                {text.workflows.version(it.version)}
                {it.version === workflow.current ? (
                  <span className="soft"> · {words.versions.current}</span>
                ) : null}
              </button>
            </li>
          ))}
        </ol>
        {earlier.length > 1 ? (
          <label className="row small">
            {words.versions.against}
            <select value={before?.version} onChange={(event) => setAgainst(Number(event.target.value))}>
              {earlier.map((it) => (
                <option key={it.version} value={it.version}>
                  {text.workflows.version(it.version)}
                </option>
              ))}
            </select>
          </label>
        ) : null}
        {before ? (
          <>
            <Badge look="good">{words.versions.added(n("added"))}</Badge>
            <Badge look="warn">{words.versions.changed(n("changed"))}</Badge>
            <Badge look="bad">{words.versions.removed(removed.length)}</Badge>
            {removed.map((step) => (
              <s key={step.id} className="soft small">
                {step.id} ({step.summary})
              </s>
            ))}
          </>
        ) : (
          <span className="soft small">{words.versions.first}</span>
        )}
      </div>
      <div className="versions">
        {tree ? <Canvas key={chosen} tree={tree} notes={notes} /> : null}
        {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
        <pre className="code difference" tabIndex={0}>
          {differenceOf(then, now).map((line) => (
            <span key={`${line.was}:${line.is}`} className={line.change}>
              {line.text}
              {"\n"}
            </span>
          ))}
        </pre>
      </div>
    </div>
  );
}
