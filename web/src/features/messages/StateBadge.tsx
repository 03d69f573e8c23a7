import { Badge, type BadgeLook } from "../../design/Badge";

const LOOKS: Record<string, BadgeLook> = {
  sent: "good",
  failed: "bad",
  blocked: "warn",
  expired: "warn",
  uncertain: "bad",
  scheduled: "accent",
  ghost: "accent",
};

export function StateBadge({ state }: { state: string }) {
  return <Badge look={LOOKS[state]}>{state}</Badge>;
}
