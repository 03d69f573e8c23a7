import { Icon } from "../../design/Icon";
import { blocksText as words } from "../../text/blocks";
import { BlockList } from "./BlockList";
import { type Block, kindOf, type Path } from "./document";
import { PlaceText } from "./PlaceText";
import { useBlocks } from "./tools";

type Props = { block: Block; path: Path; label: string };

/** What a block shows in its place. */
export function InPlace({ block, path, label }: Props) {
  const kind = kindOf(block);
  switch (kind) {
    case "heading":
    case "text":
    case "footer":
    case "html":
    case "button":
      return <PlaceText block={block} path={path} label={label} of={kind} />;
    case "image":
      return (
        <div className="place-image">
          <Icon name="chart" />
          <span>{String(block.alt || block.image || words.noPicture)}</span>
        </div>
      );
    case "divider":
      return <hr />;
    case "spacer":
      return (
        <div className="place-spacer" style={{ height: `${Number(block.spacer) || 1}px` }}>
          <span>{words.pixels(Number(block.spacer))}</span>
        </div>
      );
    case "products":
      return (
        <div className="place-products">
          <span className="place-note">{words.each}</span>
          <PlaceText block={block} path={path} label={label} of="products" />
          <span className="place-note">{words.atMost(Number(block.limit ?? 10))}</span>
        </div>
      );
    case "if":
      return <Condition block={block} path={path} label={label} />;
    case "social": {
      const networks = Array.isArray(block.social) ? (block.social as Block[]) : [];
      return <p>{networks.map((it) => String(it.name ?? "")).join(" · ") || words.noNetworks}</p>;
    }
    default:
      return <p>{words.unknown}</p>;
  }
}

function Condition({ block, path, label }: Props) {
  const { set } = useBlocks();
  const then = Array.isArray(block.then) ? (block.then as Block[]) : [];
  const others = Array.isArray(block.else) ? (block.else as Block[]) : undefined;
  return (
    <div className="place-if">
      <div className="place-products">
        <span className="place-note">{words.if}</span>
        <PlaceText block={block} path={path} label={label} of="if" />
      </div>
      <span className="place-note">{words.then}</span>
      <BlockList label={`${label}, ${words.then}`} list={[...path, "then"]} blocks={then} />
      {others ? (
        <>
          <span className="place-note">{words.else}</span>
          <BlockList label={`${label}, ${words.else}`} list={[...path, "else"]} blocks={others} />
        </>
      ) : null}
      <div>
        <button
          type="button"
          className="button small"
          onClick={() => set([...path, "else"], others ? undefined : [])}
        >
          {others ? words.removeElse : words.addElse}
        </button>
      </div>
    </div>
  );
}
