import { BlockView } from "./BlockView";
import { DropPlace } from "./DropPlace";
import type { Block, Path } from "./document";

type Props = { label: string; list: Path; blocks: readonly Block[] };

/** Blocks, one below the other, with places between them for others. */
export function BlockList({ label, list, blocks }: Props) {
  return (
    <div className="block-list">
      <DropPlace list={list} place={0} label={label} isEmpty={blocks.length === 0} />
      {blocks.map((block, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: blocks are told apart by their place
        <div key={place}>
          <BlockView block={block} path={[...list, place]} n={blocks.length} />
          <DropPlace list={list} place={place + 1} label={label} isEmpty={false} />
        </div>
      ))}
    </div>
  );
}
