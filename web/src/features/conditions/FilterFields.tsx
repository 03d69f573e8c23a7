import { Button } from "../../design/Button";
import { Icon } from "../../design/Icon";
import { IconButton } from "../../design/IconButton";
import { conditionsText as words } from "../../text/conditions";
import { Choice } from "./Choice";
import type { Condition } from "./condition";
import { TestFields } from "./TestFields";

type Filter = { property: string; tests: Condition };

/** What the properties of an event must be, for it to count. */
export function FilterFields({
  filters,
  onChange,
}: {
  filters: readonly Filter[];
  onChange: (filters: readonly Filter[]) => void;
}) {
  const put = (place: number, next: Filter) =>
    onChange(filters.map((it, other) => (other === place ? next : it)));
  const hasBlank = filters.some((it) => it.property === "");
  return (
    <span className="filters">
      {filters.map(({ property, tests }, place) => (
        // biome-ignore lint/suspicious/noArrayIndexKey: a filter has no name but its place
        <span className="filter" key={place}>
          <span className="soft">{place === 0 ? words.where : words.joins.all}</span>
          <Choice
            label={words.property}
            value={property}
            options={[]}
            onChange={(property) => put(place, { property, tests })}
          />
          <TestFields
            holder={tests}
            type={undefined}
            oneOf={undefined}
            onChange={(tests) => put(place, { property, tests })}
          />
          <IconButton
            icon="close"
            label={words.removeWhere}
            onClick={() => onChange(filters.toSpliced(place, 1))}
          />
        </span>
      ))}
      {hasBlank ? null : (
        <Button
          size="small"
          look="plain"
          className="quiet"
          onClick={() => onChange([...filters, { property: "", tests: { eq: "" } }])}
        >
          <Icon name="plus" /> {words.joins.all} …
        </Button>
      )}
    </span>
  );
}
