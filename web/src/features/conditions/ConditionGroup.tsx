import { Fragment, useId } from "react";
import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { conditionsText as words } from "../../text/conditions";
import { ConditionRow } from "./ConditionRow";
import { blank, type Condition, type Group, groupOf, type Mode, ofGroup } from "./condition";
import type { Known } from "./known";

type Props = {
  label: string;
  group: Group;
  depth: number;
  known: Known;
  inWorkflow: boolean;
  onChange: (group: Group) => void;
  /** Takes the group away, and dissolves it into the one around it; the outermost can't be. */
  onRemove?: () => void;
  onDissolve?: () => void;
};

/** Conditions that go together in one way, each a line or a group again. */
export function ConditionGroup({
  label,
  group,
  depth,
  known,
  inWorkflow,
  onChange,
  onRemove,
  onDissolve,
}: Props) {
  const { mode, items } = group;
  const id = useId();
  const put = (items: readonly Condition[]) => onChange({ mode, items });
  const replace = (place: number, next: Condition) =>
    put(items.map((item, other) => (other === place ? next : item)));
  const move = (place: number, to: number) => {
    const moved = items.toSpliced(place, 1);
    const item = items[place];
    if (item && to >= 0 && to < items.length) put(moved.toSpliced(to, 0, item));
  };
  return (
    <fieldset className="group" data-mode={mode} data-depth={depth % 3}>
      <legend className="visually-hidden">{label}</legend>
      <div className="group-head">
        <select
          className="group-mode"
          id={id}
          aria-label={words.modeLabel}
          value={mode}
          onChange={(event) => onChange({ mode: event.target.value as Mode, items })}
        >
          {Object.entries(words.modes).map(([value, label]) => (
            <option key={value} value={value}>
              {label}
            </option>
          ))}
        </select>
        <span className="group-tools">
          {onDissolve ? <IconButton icon="ungroup" label={words.ungroup} onClick={onDissolve} /> : null}
          {onRemove ? <IconButton icon="close" label={words.removeGroup} onClick={onRemove} /> : null}
        </span>
      </div>
      <div className="group-items">
        {items.length === 0 ? (
          <p className="group-empty soft small">
            {words.empty} {depth === 0 ? words.emptyHint : null}
          </p>
        ) : null}
        {items.map((item, place) => {
          const inner = groupOf(item);
          const remove = () => put(items.toSpliced(place, 1));
          return (
            // biome-ignore lint/suspicious/noArrayIndexKey: conditions have no name but their place
            <Fragment key={place}>
              {place > 0 ? <span className="group-join">{words.joins[mode]}</span> : null}
              {inner ? (
                <ConditionGroup
                  label={words.modes[inner.mode]}
                  group={inner}
                  depth={depth + 1}
                  known={known}
                  inWorkflow={inWorkflow}
                  onChange={(next) => replace(place, ofGroup(next))}
                  onRemove={remove}
                  onDissolve={() => put(items.toSpliced(place, 1, ...inner.items))}
                />
              ) : (
                <ConditionRow
                  condition={item}
                  known={known}
                  inWorkflow={inWorkflow}
                  onChange={(next) => replace(place, next)}
                  onRemove={remove}
                  onDuplicate={() => put(items.toSpliced(place, 0, item))}
                  onGroup={() => replace(place, { [mode === "any" ? "all" : "any"]: [item] })}
                  onUp={place > 0 ? () => move(place, place - 1) : undefined}
                  onDown={place < items.length - 1 ? () => move(place, place + 1) : undefined}
                />
              )}
            </Fragment>
          );
        })}
      </div>
      <div className="group-add">
        <Button size="small" look="plain" onClick={() => put([...items, blank("trait")])}>
          <Icon name="plus" /> {words.addCondition}
        </Button>
        <Button
          size="small"
          look="plain"
          onClick={() =>
            put([...items, { [mode === "any" ? "all" : "any"]: [blank("trait"), blank("trait")] }])
          }
        >
          <Icon name="group" /> {words.addGroup}
        </Button>
      </div>
    </fieldset>
  );
}
