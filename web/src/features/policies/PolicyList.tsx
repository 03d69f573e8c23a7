import type { ReactNode } from "react";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { policiesText as words } from "../../text/policies";
import type { Item } from "./policy";

type Props = {
  title: string;
  items: readonly Item[];
  /** What a new one begins with. */
  blank: Item;
  onChange: (items: readonly Item[]) => void;
  children: (item: Item, change: (item: Item) => void) => ReactNode;
};

/** Policies of one kind, a line each. */
export function PolicyList({ title, items, blank, onChange, children }: Props) {
  return (
    <>
      {items.length === 0 ? <p className="soft small">{words.none}</p> : null}
      <ul className="policies">
        {items.map((item, place) => (
          // biome-ignore lint/suspicious/noArrayIndexKey: a policy has no name but its place
          <li key={place} className="policy">
            <div className="policy-line">
              {children(item, (next) => onChange(items.map((it, other) => (other === place ? next : it))))}
            </div>
            <IconButton
              icon="close"
              label={`${words.remove}: ${title} ${place + 1}`}
              onClick={() => onChange(items.toSpliced(place, 1))}
            />
          </li>
        ))}
      </ul>
      <div>
        <Button
          size="small"
          look="plain"
          aria-label={`${words.add}: ${title}`}
          onClick={() => onChange([...items, blank])}
        >
          <Icon name="plus" /> {words.add}
        </Button>
      </div>
    </>
  );
}
