import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { MessageTable } from "../messages/MessageTable";
import { Act } from "./Act";
import { RunCard } from "./RunCard";
import { Timeline } from "./Timeline";
import "./contact.css";

/** How often it looks for news. */
const LOOK_EVERY_MS = 5_000;

/** One contact: what is known, where they are, and everything that happened with its reasons. */
export default function Contact({ reference }: { reference: string }) {
  const words = text.contacts;
  const params = { path: { reference } };
  const contact = useQuery({
    queryKey: ["contact", reference],
    queryFn: () => must(api.GET("/api/v1/contacts/{reference}", { params })),
    refetchInterval: LOOK_EVERY_MS,
  });
  return (
    <div className="stack">
      <p className="small">
        <Link href="/contacts">{words.title}</Link>
      </p>
      <Loaded query={contact}>
        {(contact) => {
          const traits = contact.traits as Record<string, unknown>;
          const name = [traits.first_name, traits.last_name].filter(Boolean).join(" ");
          const consent = [
            ...Object.entries(contact.consent.channels),
            ...Object.entries(contact.consent.categories),
          ];
          return (
            <>
              <div className="row apart">
                <div>
                  <h1>{name || contact.user_id || contact.anonymous_ids[0] || contact.id}</h1>
                  <p className="soft small">{String(traits.email ?? "")}</p>
                </div>
                <Act contact={contact} />
              </div>
              <div className="contact-columns">
                <div className="stack">
                  <section className="card stack tight" aria-labelledby="ids">
                    <h2 id="ids">{words.ids}</h2>
                    <dl className="facts small">
                      <dt>Wend</dt>
                      <dd>
                        <code>{contact.id}</code>
                      </dd>
                      {contact.user_id ? (
                        <>
                          <dt>user_id</dt>
                          <dd>{contact.user_id}</dd>
                        </>
                      ) : null}
                      {contact.anonymous_ids.map((id) => (
                        <div key={id} className="facts-row">
                          <dt>anonymous_id</dt>
                          <dd>{id}</dd>
                        </div>
                      ))}
                    </dl>
                  </section>
                  <section className="card stack tight" aria-labelledby="traits">
                    <h2 id="traits">{words.traits}</h2>
                    <dl className="facts small">
                      {Object.entries(traits).map(([name, value]) => (
                        <div key={name} className="facts-row">
                          <dt>{name}</dt>
                          <dd>{typeof value === "string" ? value : JSON.stringify(value)}</dd>
                        </div>
                      ))}
                    </dl>
                  </section>
                  <section className="card stack tight" aria-labelledby="consent">
                    <h2 id="consent">{words.consent}</h2>
                    {consent.length === 0 && Object.keys(contact.consent.suppressed).length === 0 ? (
                      <p className="soft">{text.none}</p>
                    ) : null}
                    <dl className="facts small">
                      {consent.map(([of, given]) => (
                        <div key={of} className="facts-row">
                          <dt>{of}</dt>
                          <dd>
                            <Badge look={given.answer === "subscribed" ? "good" : "bad"}>
                              {given.answer}
                            </Badge>{" "}
                            {given.source} · <Instant at={given.at} />
                          </dd>
                        </div>
                      ))}
                      {Object.entries(contact.consent.suppressed).map(([address, why]) => (
                        <div key={address} className="facts-row">
                          <dt>{address}</dt>
                          <dd>
                            <Badge look="bad">{why.reason}</Badge>
                          </dd>
                        </div>
                      ))}
                    </dl>
                  </section>
                  <section className="card stack tight" aria-labelledby="segments">
                    <h2 id="segments">{words.segments}</h2>
                    <div className="row">
                      {Object.keys(contact.segments).map((name) => (
                        <Badge key={name} look="accent">
                          {name}
                        </Badge>
                      ))}
                      {Object.keys(contact.lists).map((name) => (
                        <Badge key={name}>{name}</Badge>
                      ))}
                      {contact.tags.map((tag) => (
                        <Badge key={tag}>#{tag}</Badge>
                      ))}
                    </div>
                  </section>
                </div>
                <div className="stack">
                  <section className="stack tight" aria-labelledby="runs">
                    <h2 id="runs">{words.runs}</h2>
                    {contact.runs.length === 0 ? <p className="soft">{words.noRuns}</p> : null}
                    {contact.runs.map((run) => (
                      <RunCard key={run.id} contact={contact.id} run={run} />
                    ))}
                  </section>
                  <section className="stack tight" aria-labelledby="messages">
                    <h2 id="messages">{words.messages}</h2>
                    {contact.messages.length === 0 ? (
                      <p className="soft">{words.noMessages}</p>
                    ) : (
                      <MessageTable messages={contact.messages.toReversed()} />
                    )}
                  </section>
                  <Timeline reference={reference} />
                </div>
              </div>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
