import { policiesText as words } from "../../text/policies";
import { PolicyList } from "./PolicyList";
import { type Item, withValue } from "./policy";

type Props = { categories: Record<string, Item>; onChange: (categories: Record<string, Item>) => void };

/** What contacts can opt out of. */
export function CategoryFields({ categories, onChange }: Props) {
  const items = Object.entries(categories).map(([name, category]) => ({ name, ...category }));
  return (
    <PolicyList
      title={words.sections.categories}
      items={items}
      blank={{ name: freeName(categories), default: "subscribed" }}
      onChange={(items) =>
        onChange(Object.fromEntries(items.map(({ name, ...category }) => [String(name), category])))
      }
    >
      {(item, change) => (
        <>
          <input
            className="input"
            aria-label={words.name}
            pattern="[a-z0-9][a-z0-9_\-]*"
            value={String(item.name)}
            onChange={(event) => {
              const name = event.target.value;
              if (name && !(name in categories)) change({ ...item, name });
            }}
          />
          <input
            className="input policy-title"
            aria-label={words.categoryTitle}
            placeholder={words.categoryTitle}
            value={String(item.title ?? "")}
            onChange={(event) => change(withValue(item, "title", event.target.value))}
          />
          <label className="row">
            <span className="soft">{words.default}</span>
            <select
              className="input"
              value={String(item.default ?? "subscribed")}
              disabled={item.transactional === true}
              onChange={(event) => change({ ...item, default: event.target.value })}
            >
              {Object.entries(words.defaults).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label className="chip" title={words.transactionalHint}>
            <input
              type="checkbox"
              checked={item.transactional === true}
              onChange={(event) =>
                change(withValue(item, "transactional", event.target.checked || undefined))
              }
            />
            {words.transactional}
          </label>
        </>
      )}
    </PolicyList>
  );
}

function freeName(categories: Record<string, Item>): string {
  let n = 1;
  while (`category-${n}` in categories) n += 1;
  return `category-${n}`;
}
