import { Icon } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { blocksText as words } from "../../text/blocks";
import { type Block, keyOf, kindOf, type Path } from "./document";
import { InPlace } from "./InPlace";
import { lookOfBlock } from "./look";
import { useBlocks } from "./tools";

type Props = { block: Block; path: Path; n: number };

/** A block in its place: what it says can be changed there; keys move, copy and remove it. */
export function BlockView({ block, path, n }: Props) {
  const { chosen, choose, drag, dragged, moveBy, duplicate, remove, found } = useBlocks();
  const key = keyOf(path);
  const kind = kindOf(block);
  const name = kind ? words.kinds[kind][0] : "?";
  const label = words.blockOf(name, Number(path.at(-1)) + 1, n);
  const problems = found.get(key) ?? [];
  const isChosen = chosen !== undefined && keyOf(chosen) === key;
  const isDragged = dragged !== undefined && "from" in dragged && keyOf(dragged.from) === key;
  return (
    // biome-ignore lint/a11y/useSemanticElements: it holds fields of its own, but is no set of them
    <div
      className="block"
      role="group"
      aria-label={label}
      // biome-ignore lint/a11y/noNoninteractiveTabindex: keys move and remove the block as a whole
      tabIndex={0}
      data-block={key}
      data-kind={kind}
      data-chosen={isChosen}
      data-dragged={isDragged}
      data-wrong={problems.some((it) => it.severity === "error")}
      onFocus={(event) => {
        event.stopPropagation();
        choose(path);
      }}
    >
      <div className="block-tools">
        <span
          className="block-handle"
          aria-hidden="true"
          title={words.drag}
          draggable
          onDragStart={(event) => {
            event.stopPropagation();
            event.dataTransfer.effectAllowed = "move";
            event.dataTransfer.setData("text/plain", name);
            drag({ from: path });
          }}
          onDragEnd={() => drag(undefined)}
        >
          <Icon name="drag" /> {name}
        </span>
        <IconButton icon="up" label={words.of(words.up, label)} onClick={() => moveBy(path, -1)} />
        <IconButton icon="down" label={words.of(words.down, label)} onClick={() => moveBy(path, 1)} />
        <IconButton icon="copy" label={words.of(words.duplicate, label)} onClick={() => duplicate(path)} />
        <IconButton icon="close" label={words.of(words.remove, label)} onClick={() => remove(path)} />
      </div>
      <div className="block-body" style={lookOfBlock(block)}>
        <InPlace block={block} path={path} label={label} />
      </div>
      {problems.map((it) => (
        <p key={`${it.code}:${it.line}:${it.column}`} className={`block-problem ${it.severity}`}>
          {it.message}
          {it.fix ? ` – ${it.fix}` : null}
        </p>
      ))}
    </div>
  );
}
