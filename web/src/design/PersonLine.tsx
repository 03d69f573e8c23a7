import type { Schemas } from "../api/client";
import { Avatar } from "./Avatar";

/** Who somebody is, in a line. */
export function PersonLine({ contact }: { contact: Schemas["BriefContact"] }) {
  const { name, email, user_id, id } = contact;
  const title = name || email || user_id || id;
  const more = [name ? email : undefined, name || email ? user_id : undefined].filter(Boolean).join(" · ");
  return (
    <span className="person">
      <Avatar name={title} seed={id} />
      <span className="person-text">
        <span className="person-name">{title}</span>
        {more ? <span className="soft small">{more}</span> : null}
      </span>
    </span>
  );
}
