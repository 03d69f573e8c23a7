import { Link, useLocation } from "wouter";
import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { PersonLine } from "../../design/PersonLine";
import { contactsText as words } from "../../text/contacts";

/** Contacts, a line each; a click anywhere in a line opens it. */
export function ContactTable({
  contacts,
  isOld,
}: {
  contacts: readonly Schemas["FoundContact"][];
  isOld: boolean;
}) {
  const [, go] = useLocation();
  return (
    <div className="scroll contact-table" aria-busy={isOld}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{words.column.who}</th>
            <th scope="col" className="wide">
              {words.column.id}
            </th>
            <th scope="col" className="wide">
              {words.column.since}
            </th>
            <th scope="col" className="wide">
              {words.column.last}
            </th>
          </tr>
        </thead>
        <tbody>
          {contacts.map((contact) => (
            <tr key={contact.id} onClick={() => go(`/contacts/${contact.id}`)}>
              <td>
                <Link href={`/contacts/${contact.id}`} className="plain-link">
                  <PersonLine contact={contact} />
                </Link>{" "}
                {contact.by_identifier ? <Badge look="accent">{words.byIdentifier}</Badge> : null}
              </td>
              <td className="wide">{contact.user_id ? <code>{contact.user_id}</code> : null}</td>
              <td className="wide soft small">
                <Instant at={contact.created_at} />
              </td>
              <td className="wide soft small">
                <Instant at={contact.last_input_at} />
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
