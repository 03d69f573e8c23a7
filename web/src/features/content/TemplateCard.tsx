import { Link } from "wouter";
import type { Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { contentText as words } from "../../text/content";
import { Thumbnail } from "./Thumbnail";

type Props = { template: Schemas["TemplateView"]; revision: number; isChanged: boolean };

/** A template in the list: how it looks, and who sends it. */
export function TemplateCard({ template, revision, isChanged }: Props) {
  const { name, channel, used_by } = template;
  return (
    <li className="template-card">
      <Thumbnail name={name} revision={revision} />
      <div className="template-text">
        <Link href={`/templates/${name}`} className="template-name">
          {name}
        </Link>
        <span className="row">
          <Badge>{channel}</Badge>
          {template.marketing ? <Badge look="accent">{words.marketing}</Badge> : null}
          {isChanged ? <Badge look="warn">{words.changed}</Badge> : null}
        </span>
        <span className="soft small">{used_by.length ? words.usedBy(used_by.length) : words.unused}</span>
      </div>
    </li>
  );
}
