import { words } from "../../text/flow";
import { Properties } from "../forms/ObjectForm";
import { definition } from "../forms/schema";
import { KindIcon } from "./canvas/KindIcon";
import type { Tree } from "./canvas/tree";

const WORKFLOW = definition("workflow");

/** What people look for first; the rest follows as the schema has it. */
const FIRST = [
  "trigger",
  "title",
  "audience",
  "category",
  "goals",
  "exit_when",
  "reentry",
  "again",
  "key",
  "priority",
];
const REST = Object.keys(WORKFLOW.properties ?? {}).filter(
  (key) => ![...FIRST, "workflow", "steps"].includes(key),
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
      <Properties schema={WORKFLOW} value={tree.document.toJSON()} path={[]} only={[...FIRST, ...REST]} />
    </div>
  );
}
