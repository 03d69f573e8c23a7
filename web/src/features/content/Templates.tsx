import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Icon } from "../../design/Icon";
import { Loaded } from "../../design/Loaded";
import { contentText as words } from "../../text/content";
import { NewTemplate } from "./NewTemplate";
import { TemplateCard } from "./TemplateCard";
import { useTemplates } from "./useTemplates";
import "./content.css";

/** All templates, each with a picture of itself. */
export default function Templates() {
  const [find, setFind] = useState("");
  const [isNew, setNew] = useState(false);
  const templates = useTemplates();
  const drafts = useQuery({ queryKey: ["drafts"], queryFn: () => must(api.GET("/api/v1/drafts")) });
  const drafted = new Set((drafts.data?.drafts ?? []).map((it) => it.path));
  const wanted = find.trim().toLowerCase();
  return (
    <div className="stack">
      <div className="row apart">
        <div>
          <h1>{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </div>
        <Button look="main" onClick={() => setNew(true)}>
          {words.create}
        </Button>
      </div>
      <Loaded query={templates}>
        {({ templates, revision }) => {
          const files = new Set(templates.map((it) => it.file));
          const unpublished = [...drafted].flatMap((path) => {
            const name = /^templates\/(.+)\.yaml$/.exec(path)?.[1];
            return name && !files.has(path) ? [name] : [];
          });
          if (templates.length === 0 && unpublished.length === 0) {
            return (
              <Empty title={words.empty} hint={words.emptyHint}>
                <Button look="main" onClick={() => setNew(true)}>
                  {words.create}
                </Button>
              </Empty>
            );
          }
          return (
            <>
              <input
                className="input template-find"
                type="search"
                aria-label={words.find}
                placeholder={words.find}
                value={find}
                onChange={(event) => setFind(event.target.value)}
              />
              <ul className="template-cards">
                {unpublished.map((name) => (
                  <li key={name} className="template-card">
                    <div className="thumbnail">
                      <span className="thumbnail-none">
                        <Icon name="mail" />
                      </span>
                    </div>
                    <div className="template-text">
                      <Link href={`/templates/${name}`} className="template-name">
                        {name}
                      </Link>
                      <span>
                        <Badge look="warn">{words.draft}</Badge>
                      </span>
                    </div>
                  </li>
                ))}
                {templates
                  .filter((it) =>
                    `${it.name} ${it.channel} ${it.used_by.join(" ")}`.toLowerCase().includes(wanted),
                  )
                  .map((it) => (
                    <TemplateCard
                      key={it.name}
                      template={it}
                      revision={revision}
                      isChanged={drafted.has(it.file)}
                    />
                  ))}
              </ul>
            </>
          );
        }}
      </Loaded>
      <NewTemplate open={isNew} onClose={() => setNew(false)} />
    </div>
  );
}
