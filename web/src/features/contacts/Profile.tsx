import { useState } from "react";
import type { Schemas } from "../../api/client";
import { Instant } from "../../design/Instant";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";
import type { KnownTrait } from "../conditions/known";

/** From how many traits on there is a search in them. */
const SEARCHED_FROM = 12;

/** What is known about somebody: the ids, and every trait with its title. */
export function Profile({
  contact,
  declared,
}: {
  contact: Schemas["ContactView"];
  declared: readonly KnownTrait[];
}) {
  const [find, setFind] = useState("");
  const traits = Object.entries(contact.traits as Record<string, unknown>);
  const titles = new Map(declared.map((it) => [it.name, it.title ?? it.name]));
  const wanted = find.trim().toLowerCase();
  const found = traits.filter(([name, value]) =>
    `${name} ${titles.get(name) ?? ""} ${JSON.stringify(value)}`.toLowerCase().includes(wanted),
  );
  return (
    <>
      <section className="card stack tight" aria-labelledby="traits">
        <h2 id="traits">{text.contacts.traits}</h2>
        {traits.length === 0 ? <p className="soft small">{words.unknown}</p> : null}
        {traits.length >= SEARCHED_FROM ? (
          <input
            className="input"
            type="search"
            aria-label={words.search}
            placeholder={words.search}
            value={find}
            onChange={(event) => setFind(event.target.value)}
          />
        ) : null}
        <dl className="profile">
          {found.map(([name, value]) => (
            <div key={name} className="profile-row">
              <dt title={name}>{titles.get(name) ?? name}</dt>
              <dd>{shown(value)}</dd>
            </div>
          ))}
        </dl>
      </section>
      <section className="card stack tight" aria-labelledby="ids">
        <h2 id="ids">{text.contacts.ids}</h2>
        <dl className="profile">
          {contact.user_id ? (
            <div className="profile-row">
              <dt>{words.column.id}</dt>
              <dd>
                <code>{contact.user_id}</code>
              </dd>
            </div>
          ) : null}
          {contact.anonymous_ids.map((id) => (
            <div key={id} className="profile-row">
              <dt>anonymous</dt>
              <dd>
                <code>{id}</code>
              </dd>
            </div>
          ))}
          <div className="profile-row">
            <dt>{text.product}</dt>
            <dd>
              <code>{contact.id}</code>
            </dd>
          </div>
          <div className="profile-row">
            <dt>{words.column.since}</dt>
            <dd>
              <Instant at={contact.created_at} />
            </dd>
          </div>
          <div className="profile-row">
            <dt>{words.column.last}</dt>
            <dd>
              <Instant at={contact.last_input_at} />
            </dd>
          </div>
        </dl>
      </section>
    </>
  );
}

const INSTANT = /^\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}/;

function shown(value: unknown) {
  if (typeof value === "string") return INSTANT.test(value) ? <Instant at={value} /> : value;
  if (typeof value === "boolean") return value ? text.overview.yes : text.overview.no;
  if (typeof value === "number") return value.toLocaleString();
  return <code>{JSON.stringify(value)}</code>;
}
