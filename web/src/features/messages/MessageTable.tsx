import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Instant } from "../../design/Instant";
import { text } from "../../text/en";
import { StateBadge } from "./StateBadge";

/** Messages, a line each. */
export function MessageTable({ messages }: { messages: Schemas["MessageView"][] }) {
  const words = text.messages.column;
  return (
    <div className="scroll">
      <table className="table small">
        <thead>
          <tr>
            <th scope="col">{words.at}</th>
            <th scope="col">{words.state}</th>
            <th scope="col">{words.workflow}</th>
            <th scope="col">{words.to}</th>
            <th scope="col">{words.template}</th>
          </tr>
        </thead>
        <tbody>
          {messages.map((message) => (
            <tr key={message.id}>
              <td>
                <Link href={`/messages/${message.id}`}>
                  <Instant at={message.intent_at} />
                </Link>
              </td>
              <td>
                <StateBadge state={message.state} />
              </td>
              <td>
                {message.workflow} / <code>{message.step}</code>
              </td>
              <td>{message.address}</td>
              <td>
                {message.channel} · {message.template}
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
