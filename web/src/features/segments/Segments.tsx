import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useSearchParams } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Loaded } from "../../design/Loaded";
import { segmentsText as words } from "../../text/segments";
import { BuildingBadge } from "./BuildingBadge";
import { NewSegment } from "./NewSegment";
import { Sparkline } from "./Sparkline";
import "./segments.css";

/** How often the counts are looked at. */
const LOOK_EVERY_MS = 5_000;

/** Rows beyond these show no curve: each is a question of its own. */
const CURVES_MAX = 40;

/** All segments and lists, with how many are in them. */
export default function Segments() {
  const [find, setFind] = useState("");
  // A condition that was tried out elsewhere may become a segment.
  const [params] = useSearchParams();
  const asked = params.get("new");
  const [isNew, setNew] = useState(asked !== null);
  const segments = useQuery({
    queryKey: ["segments"],
    queryFn: () => must(api.GET("/api/v1/segments")),
    refetchInterval: LOOK_EVERY_MS,
  });
  const lists = useQuery({ queryKey: ["lists"], queryFn: () => must(api.GET("/api/v1/lists")) });
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
      <Loaded query={segments}>
        {({ segments }) => {
          const unpublished = [...drafted].flatMap((path) => {
            const name = /^segments\/(.+)\.yaml$/.exec(path)?.[1];
            return name && !segments.some((it) => it.name === name) ? [name] : [];
          });
          if (segments.length === 0 && unpublished.length === 0) {
            return (
              <Empty title={words.empty} hint={words.emptyHint}>
                <Button look="main" onClick={() => setNew(true)}>
                  {words.create}
                </Button>
              </Empty>
            );
          }
          const found = segments.filter((it) => `${it.name} ${it.title}`.toLowerCase().includes(wanted));
          return (
            <>
              <input
                className="input find"
                type="search"
                aria-label={words.find}
                placeholder={words.find}
                value={find}
                onChange={(event) => setFind(event.target.value)}
              />
              <ul className="segment-rows">
                {unpublished.map((name) => (
                  <li key={name} className="segment-row">
                    <Link href={`/segments/${name}`} className="segment-name">
                      {name}
                    </Link>
                    <Badge look="warn">{words.draft}</Badge>
                  </li>
                ))}
                {found.map((segment, place) => (
                  <Row
                    key={segment.name}
                    segment={segment}
                    isChanged={drafted.has(`segments/${segment.name}.yaml`)}
                    hasCurve={place < CURVES_MAX}
                  />
                ))}
              </ul>
            </>
          );
        }}
      </Loaded>
      <section className="stack tight" aria-labelledby="lists">
        <h2 id="lists">{words.lists}</h2>
        <Loaded query={lists}>
          {({ lists }) =>
            lists.length === 0 ? (
              <p className="soft">{words.listsEmpty}</p>
            ) : (
              <ul className="segment-rows">
                {lists.map((list) => (
                  <li key={list.name} className="segment-row">
                    <Link href={`/lists/${list.name}`} className="segment-name">
                      {list.name}
                    </Link>
                    <span className="segment-count">{list.n_contacts.toLocaleString()}</span>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
      </section>
      <NewSegment open={isNew} where={asked} onClose={() => setNew(false)} />
    </div>
  );
}

function Row({
  segment,
  isChanged,
  hasCurve,
}: {
  segment: Schemas["SegmentRow"];
  isChanged: boolean;
  hasCurve: boolean;
}) {
  const { name } = segment;
  const shown = useQuery({
    queryKey: ["segment", name, 30],
    queryFn: () => must(api.GET("/api/v1/segments/{name}", { params: { path: { name } } })),
    enabled: hasCurve,
  });
  return (
    <li className="segment-row">
      <span className="segment-title">
        <Link href={`/segments/${name}`} className="segment-name">
          {segment.title}
        </Link>
        <span className="soft small">{name}</span>
      </span>
      {isChanged ? <Badge look="warn">{words.changed}</Badge> : null}
      <BuildingBadge building={segment.building} />
      <span className="segment-curve" title={words.month}>
        <Sparkline values={shown.data?.growth.map((it) => it.n_contacts) ?? []} />
      </span>
      <span className="segment-count">{segment.n_contacts.toLocaleString()}</span>
    </li>
  );
}
