import { policiesText as words } from "../../text/policies";
import type { Known } from "../conditions/known";
import { type Item, withValue } from "./policy";

type Scope = "channels" | "categories" | "workflows";

type Props = { item: Item; known: Known; of: readonly Scope[]; onChange: (item: Item) => void };

/** What a policy is limited to: channels, categories, workflows; all of them if nothing is chosen. */
export function ScopeFields({ item, known, of, onChange }: Props) {
  const choices: Record<Scope, string[]> = {
    channels: known.channels,
    categories: known.categories.map((it) => it.name),
    workflows: known.workflows,
  };
  return (
    <>
      {of.map((scope) => {
        const there = Array.isArray(item[scope]) ? (item[scope] as string[]) : [];
        return (
          <details key={scope} className="scope">
            <summary>
              {words[scope]}: <strong>{there.length ? there.join(", ") : words.every}</strong>
            </summary>
            <fieldset className="chips">
              <legend className="visually-hidden">{words[scope]}</legend>
              {[...new Set([...choices[scope], ...there])].map((name) => (
                <label key={name} className="chip">
                  <input
                    type="checkbox"
                    checked={there.includes(name)}
                    onChange={(event) =>
                      onChange(
                        withValue(
                          item,
                          scope,
                          event.target.checked ? [...there, name] : there.filter((it) => it !== name),
                        ),
                      )
                    }
                  />
                  {name}
                </label>
              ))}
            </fieldset>
          </details>
        );
      })}
    </>
  );
}
