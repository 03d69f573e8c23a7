import { text } from "../../text/en";
import { NewFile } from "../files/NewFile";

/** What a new workflow begins with: it compiles, and does nothing yet. */
function beginning(name: string): string {
  return `workflow: ${name}
title: ${name}
trigger: { event: Signed Up }
steps:
  - { id: a-day, wait: 1d }
`;
}

/** Asks for the name of a new workflow and begins a draft of it. */
export function NewWorkflow({ open, onClose }: { open: boolean; onClose: () => void }) {
  return (
    <NewFile
      title={text.workflows.createTitle}
      nameHint={text.workflows.nameHint}
      folder="workflows"
      beginning={beginning}
      open={open}
      onClose={onClose}
    />
  );
}
