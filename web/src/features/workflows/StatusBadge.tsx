import { Badge, type BadgeLook } from "../../design/Badge";
import { text } from "../../text/en";

const LOOKS: Record<string, BadgeLook> = { live: "good", paused: "warn", halted: "bad" };

export function StatusBadge({ status }: { status: string }) {
  return <Badge look={LOOKS[status]}>{text.workflows.status[status] ?? status}</Badge>;
}
