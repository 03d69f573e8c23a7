import type { Schemas } from "../../api/client";
import { Instant } from "../../design/Instant";
import { Sentence } from "../../design/Sentence";
import { messagesText as words } from "../../text/messages";

/** Why a message is in its state: the rule with its numbers, or the provider's words; nothing if there is nothing to say. */
export function Reason({ message }: { message: Schemas["MessageView"] }) {
  const detail = message.detail as Record<string, unknown>;
  const why = [detail.why, detail.reply, detail.error].find((it) => typeof it === "string" && it !== "");
  const due = [detail.due_at, detail.until].find((it) => typeof it === "string");
  if (!why && !due) return null;
  return (
    <span className="message-why soft small">
      {typeof due === "string" ? <Instant at={due} /> : null}{" "}
      {why ? <Sentence>{String(why)}</Sentence> : null}
      {typeof detail.rule === "string" ? ` · ${words.rule(detail.rule)}` : null}
    </span>
  );
}
