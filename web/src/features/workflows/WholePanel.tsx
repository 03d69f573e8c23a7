import { words } from "../../text/flow";
import { Properties } from "../forms/ObjectForm";
import { definition } from "../forms/schema";
import { KindIcon } from "./canvas/KindIcon";
import type { Tree } from "./canvas/tree";

const WORKFLOW = definition("workflow");
const PROPERTIES = Object.keys(WORKFLOW.properties ?? {}).filter(
  (key) => key !== "workflow" && key !== "steps",
);

/** What holds for a workflow as a whole: what lets contacts in, goals, audience, caps. */
export function WholePanel({ tree }: { tree: Tree }) {
  return (
    <div className="stack">
      <div className="panel-head">
        <span className="node-tile good">
          <KindIcon kind="trigger" />
        </span>
        <div>
          <h2>{words.canvas.whole}</h2>
          <p className="soft small">{words.canvas.wholeHint}</p>
        </div>
      </div>
      <Properties schema={WORKFLOW} value={tree.document.toJSON()} path={[]} only={PROPERTIES} />
    </div>
  );
}
