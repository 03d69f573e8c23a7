import { Button } from "../../design/Button";
import { IconButton } from "../../design/IconButton";
import { blocksText as words } from "../../text/blocks";
import type { Block, Path } from "./document";
import { useBlocks } from "./tools";

/** The networks of a block, each with its name and where it leads. */
export function Networks({ block, path }: { block: Block; path: Path }) {
  const { set } = useBlocks();
  const networks = Array.isArray(block.social) ? (block.social as Record<string, string>[]) : [];
  const here = [...path, "social"];
  return (
    <div className="stack tight">
      {networks.map((network, n) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: networks are told apart by their place
        <div key={n} className="network">
          {(["name", "link"] as const).map((key) => (
            <input
              key={key}
              aria-label={words.of(words.fields[key] ?? key, words.network(n + 1))}
              value={network[key] ?? ""}
              onChange={(event) => set([...here, n, key], event.target.value)}
            />
          ))}
          <IconButton
            icon="close"
            label={words.of(words.remove, words.network(n + 1))}
            onClick={() => set([...here, n], undefined)}
          />
        </div>
      ))}
      <div>
        <Button size="small" onClick={() => set(here, [...networks, { name: "", link: "https://" }])}>
          {words.addNetwork}
        </Button>
      </div>
    </div>
  );
}
