import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Avatar } from "../../design/Avatar";
import { Badge } from "../../design/Badge";
import { Loaded } from "../../design/Loaded";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";
import { useKnown } from "../conditions/useKnown";
import { MessageTable } from "../messages/MessageTable";
import { Act } from "./Act";
import { BelongsCard } from "./BelongsCard";
import { ConsentCard } from "./ConsentCard";
import { LedgerTab } from "./LedgerTab";
import { MembershipsTab } from "./MembershipsTab";
import { PrivacyTab } from "./PrivacyTab";
import { Profile } from "./Profile";
import { RunsTab } from "./RunsTab";
import { Timeline } from "./Timeline";
import { WhyTab } from "./WhyTab";
import "./contact.css";

/** How often it looks for news. */
const LOOK_EVERY_MS = 5_000;

type Tab = keyof typeof words.tabs;

/** One contact: what is known, where they are, and everything that happened with its reasons. */
export default function Contact({ reference, tab }: { reference: string; tab: string }) {
  const known = useKnown();
  const contact = useQuery({
    queryKey: ["contact", reference],
    queryFn: () => must(api.GET("/api/v1/contacts/{reference}", { params: { path: { reference } } })),
    refetchInterval: LOOK_EVERY_MS,
  });
  const shown: Tab = tab in words.tabs ? (tab as Tab) : "timeline";
  const here = `/contacts/${encodeURIComponent(reference)}`;
  return (
    <div className="stack">
      <p className="small">
        <Link href="/contacts">{words.title}</Link>
      </p>
      <Loaded query={contact}>
        {(contact) => (
          <>
            <Head contact={contact} />
            <div className="contact-columns">
              <div className="stack">
                <Profile contact={contact} declared={known.traits} />
                <ConsentCard consent={contact.consent} />
                <BelongsCard contact={contact} known={known} />
              </div>
              <div className="stack">
                <nav className="tabs" aria-label={nameOf(contact)}>
                  {(Object.keys(words.tabs) as Tab[]).map((it) => (
                    <Link
                      key={it}
                      href={it === "timeline" ? here : `${here}/${it}`}
                      aria-current={it === shown ? "page" : undefined}
                    >
                      {words.tabs[it]}
                      {it === "runs" && contact.runs.length ? ` (${contact.runs.length})` : null}
                      {it === "messages" && contact.messages.length ? ` (${contact.messages.length})` : null}
                    </Link>
                  ))}
                </nav>
                {shown === "timeline" ? <Timeline reference={reference} /> : null}
                {shown === "why" ? <WhyTab reference={reference} /> : null}
                {shown === "runs" ? <RunsTab contact={contact} /> : null}
                {shown === "messages" ? <Sent contact={contact} /> : null}
                {shown === "consent" ? <LedgerTab reference={reference} /> : null}
                {shown === "privacy" ? <PrivacyTab contact={contact} name={nameOf(contact)} /> : null}
                {shown === "memberships" ? <MembershipsTab reference={reference} /> : null}
              </div>
            </div>
          </>
        )}
      </Loaded>
    </div>
  );
}

function nameOf(contact: Schemas["ContactView"]): string {
  const traits = contact.traits as Record<string, unknown>;
  const name = [traits.first_name, traits.last_name].filter(Boolean).join(" ");
  return name || String(traits.name ?? "") || contact.user_id || contact.anonymous_ids[0] || contact.id;
}

function Head({ contact }: { contact: Schemas["ContactView"] }) {
  const name = nameOf(contact);
  const { email } = contact.traits as Record<string, unknown>;
  const refuses = Object.entries(contact.consent.channels).filter(([, it]) => it.answer === "unsubscribed");
  return (
    <div className="row apart">
      <div className="contact-head">
        <Avatar name={name} seed={contact.id} />
        <div>
          <h1>{name}</h1>
          <p className="row small">
            {email ? <span className="soft">{String(email)}</span> : null}
            {contact.runs.length ? (
              <Badge look="accent">{words.inWorkflows(contact.runs.length)}</Badge>
            ) : null}
            {refuses.map(([channel]) => (
              <Badge key={channel} look="bad">
                {words.refuses(channel)}
              </Badge>
            ))}
            {Object.keys(contact.consent.suppressed).length ? (
              <Badge look="bad">{words.suppressed}</Badge>
            ) : null}
          </p>
        </div>
      </div>
      <Act contact={contact} />
    </div>
  );
}

function Sent({ contact }: { contact: Schemas["ContactView"] }) {
  return (
    <section className="stack tight" aria-labelledby="messages">
      <h2 id="messages">{text.contacts.messages}</h2>
      {contact.messages.length === 0 ? (
        <p className="soft">{text.contacts.noMessages}</p>
      ) : (
        <MessageTable messages={contact.messages.toReversed()} />
      )}
    </section>
  );
}
