import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";
import { Reason } from "./Reason";
import { RetryButton } from "./RetryButton";
import { StateBadge } from "./StateBadge";
import "./messages.css";

/** What somebody did with a message, as far as it stands out. */
const SHOWN = ["opened", "clicked", "replied", "bounced", "complained", "unsubscribed"];

/** Messages, a line each, with why they are in their state. */
export function MessageTable({
  messages,
  mayRetry = false,
}: {
  messages: readonly Schemas["MessageView"][];
  mayRetry?: boolean;
}) {
  const words = text.messages.column;
  return (
    <div className="scroll">
      <table className="table small message-table">
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.template}</th>
            <th scope="col">{words.to}</th>
            <th scope="col">{words.workflow}</th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <td className="message-at">
                <Link href={`/messages/${message.id}`}>
                  <Instant at={message.intent_at} />
                </Link>
              </td>
              <td className="message-state">
                <div className="row">
                  <StateBadge state={message.state} />
                  {SHOWN.filter((it) => it in (message.engagement as object)).map((it) => (
                    <Badge
                      key={it}
                      look={it === "opened" || it === "clicked" || it === "replied" ? "good" : "bad"}
                    >
                      {it}
                    </Badge>
                  ))}
                  {mayRetry ? <RetryButton id={message.id} to={message.address} /> : null}
                </div>
                <Reason message={message} />
              </td>
              <td>
                {message.template}
                <div className="soft">{message.channel}</div>
              </td>
              <td>
                {message.contact ? (
                  <Link href={`/contacts/${message.contact}`}>{message.address || text.contacts.open}</Link>
                ) : (
                  message.address
                )}
              </td>
              <td>
                <Link href={`/workflows/${message.workflow}`}>{message.workflow}</Link>
                <div className="soft">{message.step}</div>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
