import { IconButton } from "../../design/IconButton";
import { blocksText as words } from "../../text/blocks";
import { BlockList } from "./BlockList";
import { keyOf, type Section } from "./document";
import { useBlocks } from "./tools";

/** A section: its columns side by side. */
export function SectionView({ section, place }: { section: Section; place: number }) {
  const { document, chosen, choose, moveTo, duplicate, remove } = useBlocks();
  const path = ["sections", place];
  const name = words.section(place + 1);
  const isChosen = chosen !== undefined && keyOf(chosen) === keyOf(path);
  const n = document.sections.length;
  const columns = section.columns.map((it) => (it.width ? `${it.width}fr` : "1fr")).join(" ");
  return (
    <section className="block-section" aria-label={name} data-chosen={isChosen}>
      <div className="section-bar">
        <button type="button" className="section-name" aria-pressed={isChosen} onClick={() => choose(path)}>
          {name}
        </button>
        <IconButton
          icon="up"
          label={words.of(words.up, name)}
          disabled={place === 0}
          onClick={() => moveTo(path, ["sections"], place - 1)}
        />
        <IconButton
          icon="down"
          label={words.of(words.down, name)}
          disabled={place === n - 1}
          onClick={() => moveTo(path, ["sections"], place + 2)}
        />
        <IconButton icon="copy" label={words.of(words.duplicate, name)} onClick={() => duplicate(path)} />
        <IconButton
          icon="close"
          label={words.of(words.remove, name)}
          disabled={n === 1}
          onClick={() => remove(path)}
        />
      </div>
      <div
        className="block-columns"
        style={{
          gridTemplateColumns: columns,
          ...(section.background ? { background: section.background } : {}),
          ...(section.padding ? { padding: `${section.padding}px 0` } : {}),
        }}
      >
        {section.columns.map((column, n) => (
          <BlockList
            // biome-ignore lint/suspicious/noArrayIndexKey: columns are told apart by their place
            key={n}
            label={section.columns.length > 1 ? `${name}, ${words.column(n + 1)}` : name}
            list={[...path, "columns", n, "blocks"]}
            blocks={column.blocks}
          />
        ))}
      </div>
    </section>
  );
}
