import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";

/** What somebody agreed to, what they refused, and which addresses are not used any more. */
export function ConsentCard({ consent }: { consent: Schemas["ConsentView"] }) {
  const suppressed = Object.entries(consent.suppressed);
  const isEmpty =
    Object.keys(consent.channels).length + Object.keys(consent.categories).length + suppressed.length === 0;
  return (
    <section className="card stack tight" aria-labelledby="consent">
      <h2 id="consent">{text.contacts.consent}</h2>
      {isEmpty ? <p className="soft small">{words.unanswered}</p> : null}
      <Answers title={words.channels} answers={consent.channels} />
      <Answers title={words.categories} answers={consent.categories} />
      {suppressed.length ? (
        <div className="stack tight">
          <h3>{words.suppressed}</h3>
          <ul className="stack tight small">
            {suppressed.map(([address, why]) => (
              <li key={address}>
                <Badge look="bad">{why.reason}</Badge> {address}{" "}
                <span className="soft">
                  <Instant at={why.at} />
                </span>
              </li>
            ))}
          </ul>
        </div>
      ) : null}
    </section>
  );
}

function Answers({ title, answers }: { title: string; answers: Record<string, Schemas["GivenView"]> }) {
  const all = Object.entries(answers);
  if (all.length === 0) return null;
  return (
    <div className="stack tight">
      <h3>{title}</h3>
      <ul className="stack tight small">
        {all.map(([of, given]) => (
          <li key={of}>
            <Badge look={given.answer === "subscribed" ? "good" : "bad"}>{given.answer}</Badge> {of}{" "}
            <span className="soft">
              {given.source} · <Instant at={given.at} />
            </span>
          </li>
        ))}
      </ul>
    </div>
  );
}
