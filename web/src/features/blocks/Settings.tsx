import { blocksText as words } from "../../text/blocks";
import { type Block, blockAt, kindOf, type Path, type Section } from "./document";
import { FIELDS, LOOK, PAGE, SECTION } from "./fields";
import { Networks } from "./Networks";
import { SectionColumns } from "./SectionColumns";
import { SettingField } from "./SettingField";
import { useBlocks } from "./tools";

/** What can be set of the chosen block or section, and of the whole page. */
export function Settings() {
  const { document, chosen } = useBlocks();
  const block = chosen && blockAt(document, chosen);
  const isSection = chosen?.length === 2;
  return (
    <div className="block-settings">
      {block && chosen && isSection ? (
        <SectionSettings section={block as unknown as Section} path={chosen} />
      ) : block && chosen ? (
        <BlockSettings block={block} path={chosen} />
      ) : (
        <p className="small soft">{words.none}</p>
      )}
      <details className="page-settings">
        <summary>{words.whole}</summary>
        <div className="setting-grid">
          {PAGE.map((field) => (
            <SettingField key={field.key} field={field} path={["style", field.key]} of={words.whole} />
          ))}
        </div>
      </details>
    </div>
  );
}

function SectionSettings({ section, path }: { section: Section; path: Path }) {
  const name = words.section(Number(path.at(-1)) + 1);
  return (
    <section className="stack tight" aria-label={words.settingsOf(name)}>
      <h2>{name}</h2>
      <SectionColumns section={section} path={path} />
      <div className="setting-grid">
        {SECTION.map((field) => (
          <SettingField key={field.key} field={field} path={[...path, field.key]} of={name} />
        ))}
      </div>
    </section>
  );
}

function BlockSettings({ block, path }: { block: Block; path: Path }) {
  const kind = kindOf(block);
  const name = kind ? words.kinds[kind][0] : "";
  const fields = kind ? FIELDS[kind] : [];
  return (
    <section className="stack tight" aria-label={words.settingsOf(name)}>
      <h2>{name}</h2>
      {kind === "social" ? <Networks block={block} path={path} /> : null}
      <div className="setting-grid">
        {fields.map((field) => (
          <SettingField key={field.key} field={field} path={[...path, field.key]} of={name} />
        ))}
      </div>
      <details open={typeof block.style === "object"}>
        <summary>{words.look}</summary>
        <div className="setting-grid">
          {LOOK.map((field) => (
            <SettingField key={field.key} field={field} path={[...path, "style", field.key]} of={name} />
          ))}
        </div>
      </details>
    </section>
  );
}
