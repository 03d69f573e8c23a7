import { useMemo } from "react";
import { text } from "../../text/en";
import "../forms/forms.css";
import { FormContext, type Issue } from "../forms/tools";
import { everyStep, type Path, type Tree, treeOf } from "./canvas/tree";
import { StepPanel } from "./StepPanel";
import type { Chosen } from "./useCanvasKeys";
import { useFormTools } from "./useFormTools";
import type { WorkflowFile } from "./useWorkflowFile";
import { WayPanel } from "./WayPanel";
import { WholePanel } from "./WholePanel";

type Props = {
  tree: Tree;
  chosen: Chosen | undefined;
  file: WorkflowFile;
  issues: readonly Issue[];
  go: (path: Path | undefined) => void;
};

/** What is chosen, as a form. */
export function Panel({ tree, chosen, file, issues, go }: Props) {
  const tools = useFormTools(tree, file.portfolio.files, issues, file.change);
  const published = useMemo(() => {
    const before = file.published ? treeOf(file.published) : undefined;
    return new Set(before ? everyStep(before.steps).flatMap((step) => step.id ?? []) : []);
  }, [file.published]);
  return (
    <aside className="card panel" aria-label={text.workflows.step}>
      <FormContext value={tools}>
        {chosen?.step ? (
          <StepPanel
            key={chosen.path.join("/")}
            tree={tree}
            step={chosen.step}
            published={published}
            onChange={file.change}
            go={go}
          />
        ) : chosen?.way ? (
          <WayPanel key={chosen.path.join("/")} tree={tree} way={chosen.way} onChange={file.change} go={go} />
        ) : chosen ? (
          <WholePanel tree={tree} />
        ) : (
          <p className="soft">{text.workflows.pick}</p>
        )}
      </FormContext>
    </aside>
  );
}
