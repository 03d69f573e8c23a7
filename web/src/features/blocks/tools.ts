/** What every part of the editor needs: the document, how it is changed, and what is chosen. */
import { createContext, useContext } from "react";
import type { Schemas } from "../../api/client";
import type { Proposal } from "../forms/tools";
import type { Block, BlockDocument, Kind, Path } from "./document";

/** What is on its way by mouse: a block of the document, or a new one. */
export type Dragged = { from: Path } | { kind: Kind };

export type BlockTools = {
  document: BlockDocument;
  chosen: Path | undefined;
  choose: (path: Path | undefined) => void;
  change: (document: BlockDocument) => void;
  set: (path: Path, value: unknown) => void;
  insert: (list: Path, place: number, block: Block) => void;
  remove: (path: Path) => void;
  duplicate: (path: Path) => void;
  moveBy: (path: Path, by: 1 | -1) => void;
  moveTo: (from: Path, list: Path, place: number) => void;
  /** Opens the choice of a new block for a place. */
  add: (list: Path, place: number) => void;
  dragged: Dragged | undefined;
  drag: (what: Dragged | undefined) => void;
  found: ReadonlyMap<string, readonly Schemas["Diagnostic"][]>;
  proposals: readonly Proposal[];
};

export const BlockContext = createContext<BlockTools | undefined>(undefined);

export function useBlocks(): BlockTools {
  const tools = useContext(BlockContext);
  if (!tools) throw new Error("a block stands outside of an editor");
  return tools;
}
