import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { Canvas } from "./canvas/Canvas";
import { treeOf } from "./canvas/tree";
import { differenceOf } from "./difference";

/** Every version as it was published, drawn, and what each changed. */
export function VersionsTab({ workflow }: { workflow: Schemas["WorkflowView"] }) {
  const words = text.workflows;
  const portfolio = useQuery({ queryKey: ["portfolio"], queryFn: () => must(api.GET("/api/v1/portfolio")) });
  const [chosen, choose] = useState(workflow.newest);
  return (
    <Loaded query={portfolio}>
      {({ versions }) => {
        const all = versions.filter((it) => it.workflow === workflow.name);
        const version = all.find((it) => it.version === chosen);
        const before = all.findLast((it) => it.version < chosen);
        const tree = version && treeOf(version.source.text);
        return (
          <div className="stack">
            <label className="row">
              {words.tab.versions}{" "}
              <select value={chosen} onChange={(event) => choose(Number(event.target.value))}>
                {all.toReversed().map((it) => (
                  <option key={it.version} value={it.version}>
                    {words.version(it.version)}
                  </option>
                ))}
              </select>
            </label>
            <div className="versions">
              {tree ? <Canvas tree={tree} notes={new Map()} /> : null}
              {/* biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is reached by keyboard */}
              <pre className="code difference" tabIndex={0}>
                {differenceOf(before?.source.text ?? "", version?.source.text ?? "").map((line) => (
                  <span key={`${line.was}:${line.is}`} className={line.change}>
                    {line.text}
                    {"\n"}
                  </span>
                ))}
              </pre>
            </div>
          </div>
        );
      }}
    </Loaded>
  );
}
