import { useMemo, useState } from "react";
import { blocksText as words } from "../../text/blocks";
import type { Proposal } from "../forms/tools";
import type { WorkflowFile } from "../workflows/useWorkflowFile";
import { AddBlock } from "./AddBlock";
import { BEGINNINGS, type Kind, keyOf } from "./document";
import { lookOf } from "./look";
import { Palette } from "./Palette";
import { SectionView } from "./SectionView";
import { Settings } from "./Settings";
import { BlockContext } from "./tools";
import { useBlockKeys } from "./useBlockKeys";
import { useBlockTools } from "./useBlockTools";
import "./blocks.css";

type Props = {
  file: WorkflowFile;
  /** Where the document stands in the file. */
  path: readonly string[];
  value: unknown;
  proposals: readonly Proposal[];
  onChange: (value: unknown) => void;
};

/** The page of an e-mail as blocks: to drag or to move by keyboard, and to edit in place. */
export function BlockEditor({ file, path, value, proposals, onChange }: Props) {
  const { tools, adding, stopAdding, said } = useBlockTools({ file, path, value, proposals, onChange });
  const { document, chosen, insert } = tools;
  const onKeyDown = useBlockKeys(tools);
  const [isHelping, setHelping] = useState(false);
  const look = useMemo(() => lookOf(document.style), [document.style]);
  const addAt = (kind: Kind, at = adding) => {
    if (at) insert(at.list, at.place, BEGINNINGS[kind]);
    stopAdding();
  };
  return (
    <BlockContext.Provider value={tools}>
      <div className="block-editor">
        <Palette />
        {/* biome-ignore lint/a11y/noStaticElementInteractions: keys come from the blocks within */}
        <div className="block-canvas" style={look} onKeyDown={onKeyDown}>
          <div className="block-card">
            {document.sections.map((section, n) => (
              // biome-ignore lint/suspicious/noArrayIndexKey: sections are told apart by their place
              <SectionView key={n} section={section} place={n} />
            ))}
          </div>
          <button
            type="button"
            className="button small add-section"
            onClick={() =>
              tools.insert(["sections"], document.sections.length, { columns: [{ blocks: [] }] })
            }
          >
            {words.addSection}
          </button>
        </div>
        <details className="block-keys" open={isHelping} onToggle={(it) => setHelping(it.currentTarget.open)}>
          <summary>{words.keysTitle}</summary>
          <p className="small soft">{words.keys}</p>
        </details>
        <Settings key={chosen ? keyOf(chosen) : ""} />
        <p className="visually-hidden" aria-live="polite">
          {said}
        </p>
        <AddBlock open={adding !== undefined} onPick={(kind) => addAt(kind)} onClose={stopAdding} />
      </div>
    </BlockContext.Provider>
  );
}
