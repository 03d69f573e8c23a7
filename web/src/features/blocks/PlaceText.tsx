import { useId } from "react";
import { blocksText as words } from "../../text/blocks";
import { LiquidInput } from "../forms/LiquidInput";
import type { Block, Path } from "./document";
import { useBlocks } from "./tools";

type Props = { block: Block; path: Path; label: string; of: string };

/** A block's text, edited where it stands; it counts while somebody types. */
export function PlaceText({ block, path, label, of }: Props) {
  const { set, proposals } = useBlocks();
  const id = useId();
  const value = String(block[of] ?? "");
  const level = of === "heading" ? Number(block.level ?? 1) : undefined;
  return (
    <div className={`place-text of-${of}`} data-level={level}>
      <label htmlFor={id} className="visually-hidden">
        {words.of(words.fields[of] ?? of, label)}
      </label>
      <LiquidInput
        control={{ id, "aria-describedby": id, "aria-invalid": false }}
        value={value}
        proposals={proposals}
        isLive
        onValue={(next) => set([...path, of], next)}
      />
    </div>
  );
}
