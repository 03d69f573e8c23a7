import { Link } from "wouter";
import { Badge } from "../../design/Badge";
import { Loaded } from "../../design/Loaded";
import { contentText as words } from "../../text/content";
import { useFileStart } from "../files/useFileStart";
import { TemplateEditor } from "./TemplateEditor";
import { useTemplates } from "./useTemplates";
import "../forms/forms.css";
import "./content.css";

/** One template: what it says, how it looks to somebody, what speaks against it, and who sends it. */
export default function Template({ name }: { name: string }) {
  const templates = useTemplates();
  return (
    <div className="stack">
      <p className="small">
        <Link href="/templates">{words.back}</Link>
      </p>
      <Loaded query={templates}>
        {({ templates }) => {
          const published = templates.find((it) => it.name === name);
          return (
            <Page
              name={name}
              path={published?.file ?? `templates/${name}.yaml`}
              channel={published?.channel}
              usedBy={published?.used_by}
            />
          );
        }}
      </Loaded>
    </div>
  );
}

type PageProps = {
  name: string;
  path: string;
  channel: string | undefined;
  usedBy: readonly string[] | undefined;
};

function Page({ name, path, channel, usedBy }: PageProps) {
  const start = useFileStart(path);
  return (
    <>
      <div className="row">
        <h1>{name}</h1>
        {channel ? <Badge>{channel}</Badge> : <Badge look="warn">{words.draft}</Badge>}
        <span className="soft small">
          {usedBy?.length ? words.usedBy(usedBy.length) : words.unused}
          {usedBy?.map((it, place) => (
            <span key={it}>
              {place ? ", " : ": "}
              <Link href={`/workflows/${it}`}>{it}</Link>
            </span>
          ))}
        </span>
      </div>
      <Loaded query={start}>
        {(start) => <TemplateEditor key={start.portfolio.revision} name={name} start={start} />}
      </Loaded>
    </>
  );
}
