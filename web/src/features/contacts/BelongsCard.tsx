import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Icon } from "../../design/Icon";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";
import type { Known } from "../conditions/known";

/** Where somebody belongs: segments, lists and tags. */
export function BelongsCard({ contact, known }: { contact: Schemas["ContactView"]; known: Known }) {
  const segments = Object.keys(contact.segments);
  const lists = Object.keys(contact.lists);
  const titles = new Map(known.segments.map((it) => [it.name, it.title]));
  const isEmpty = segments.length + lists.length + contact.tags.length === 0;
  return (
    <section className="card stack tight" aria-labelledby="belongs">
      <h2 id="belongs">{text.contacts.segments}</h2>
      {isEmpty ? <p className="soft small">{words.noMemberships}</p> : null}
      <div className="row">
        {segments.map((name) => (
          <Link key={name} href={`/segments/${name}`} className="badge accent belongs">
            <Icon name="segment" /> {titles.get(name) ?? name}
          </Link>
        ))}
        {lists.map((name) => (
          <Link key={name} href={`/lists/${name}`} className="badge belongs">
            <Icon name="list" /> {name}
          </Link>
        ))}
        {contact.tags.map((tag) => (
          <span key={tag} className="badge belongs">
            <Icon name="tag" /> {tag}
          </span>
        ))}
      </div>
    </section>
  );
}
