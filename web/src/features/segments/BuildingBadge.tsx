import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { segmentsText as words } from "../../text/segments";

const share = new Intl.NumberFormat(undefined, { style: "percent" });

/** Whether a segment's numbers are of everybody; nothing if they are. */
export function BuildingBadge({ building }: { building: Schemas["BuildingView"] }) {
  if (building.state === "whole") return null;
  if (building.state === "incomplete") {
    return (
      <span title={words.incompleteHint}>
        <Badge look="bad">{words.incomplete}</Badge>
      </span>
    );
  }
  const done = building.of ? (building.looked_at ?? 0) / building.of : 0;
  return (
    <span title={words.buildingHint}>
      <Badge look="accent">{words.building(share.format(done))}</Badge>
    </span>
  );
}
