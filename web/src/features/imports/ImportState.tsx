import { Badge, type BadgeLook } from "../../design/Badge";
import { importsText as words } from "../../text/imports";

const LOOKS: Record<string, BadgeLook> = {
  finished: "good",
  running: "accent",
  checking: "accent",
  undoing: "accent",
  uploaded: "warn",
  checked: "warn",
  cancelled: "warn",
};

export function ImportState({ state }: { state: string }) {
  return <Badge look={LOOKS[state]}>{words.states[state] ?? state}</Badge>;
}
