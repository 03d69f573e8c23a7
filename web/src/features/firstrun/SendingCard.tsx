import { Code } from "../../design/Code";
import { text } from "../../text/en";

const INBOX = `wend inbox
wend serve --smtp 'smtp://127.0.0.1:2525?tls=none' --inbox http://127.0.0.1:8026`;

const SMTP = `export WEND_EMAIL__SMTP=smtps://USER:PASSWORD@smtp.shop.example
wend serve`;

/** How mail gets out: settings of the server. */
export function SendingCard() {
  const words = text.start.sending;
  return (
    <section className="card stack" aria-labelledby="sending">
      <h2 id="sending">{words.title}</h2>
      <p className="soft">{words.lead}</p>
      <h3>{words.inbox}</h3>
      <p className="soft small">{words.inboxHint}</p>
      <Code>{INBOX}</Code>
      <h3>{words.smtp}</h3>
      <Code>{SMTP}</Code>
    </section>
  );
}
