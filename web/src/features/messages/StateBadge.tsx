import { Badge, type BadgeLook } from "../../design/Badge";
import { messagesText } from "../../text/messages";

const LOOKS: Record<string, BadgeLook> = {
  sent: "good",
  failed: "bad",
  blocked: "warn",
  expired: "warn",
  uncertain: "bad",
  scheduled: "accent",
  held: "accent",
  ghost: "accent",
};

export function StateBadge({ state }: { state: string }) {
  return <Badge look={LOOKS[state]}>{messagesText.states[state] ?? state}</Badge>;
}
