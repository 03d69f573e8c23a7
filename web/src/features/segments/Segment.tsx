import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must, Refusal } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Loaded } from "../../design/Loaded";
import { segmentsText as words } from "../../text/segments";
import { useFileStart } from "../files/useFileStart";
import { BuildingBadge } from "./BuildingBadge";
import { GrowthTab } from "./GrowthTab";
import { MembersTab } from "./MembersTab";
import { OverlapTab } from "./OverlapTab";
import { RuleTab } from "./RuleTab";
import { pathOfSegment } from "./segment";
import "./segments.css";

/** How often the count is looked at. */
const LOOK_EVERY_MS = 5_000;

type Tab = keyof typeof words.tabs;

/** One segment: its rule with whom it means, who is in it, how that came about, and whom it shares with others. */
export default function Segment({ name, tab }: { name: string; tab: string }) {
  const segment = useQuery({
    queryKey: ["segment", name],
    queryFn: () =>
      must(api.GET("/api/v1/segments/{name}", { params: { path: { name } } })).catch((error: unknown) => {
        // It may be a draft that nobody has published.
        if (error instanceof Refusal && error.status === 404) return null;
        throw error;
      }),
    refetchInterval: LOOK_EVERY_MS,
  });
  const path = segment.data?.file?.path ?? pathOfSegment(name);
  return (
    <div className="stack">
      <p className="small">
        <Link href="/segments">{words.back}</Link>
      </p>
      <Loaded query={segment}>
        {(segment) => {
          const shown: Tab = segment && tab in words.tabs ? (tab as Tab) : "rule";
          return (
            <>
              <div className="row apart">
                <div>
                  <h1>{segment?.title ?? name}</h1>
                  <p className="soft small">{name}</p>
                </div>
                <div className="row">
                  {segment ? (
                    <>
                      <BuildingBadge building={segment.building} />
                      <span className="segment-total">
                        <strong>{segment.n_contacts.toLocaleString()}</strong> {words.contacts.toLowerCase()}
                      </span>
                    </>
                  ) : (
                    <Badge look="warn">{words.draft}</Badge>
                  )}
                </div>
              </div>
              {segment ? (
                <nav className="tabs" aria-label={words.title}>
                  {(Object.keys(words.tabs) as Tab[]).map((it) => (
                    <Link
                      key={it}
                      href={`/segments/${name}/${it}`}
                      aria-current={it === shown ? "page" : undefined}
                    >
                      {words.tabs[it]}
                    </Link>
                  ))}
                </nav>
              ) : null}
              {shown === "rule" ? <Rule path={path} isPublished={segment !== null} /> : null}
              {shown === "members" ? <MembersTab kind="segment" name={name} /> : null}
              {shown === "growth" ? <GrowthTab kind="segment" name={name} /> : null}
              {shown === "overlap" ? <OverlapTab name={name} /> : null}
            </>
          );
        }}
      </Loaded>
    </div>
  );
}

function Rule({ path, isPublished }: { path: string; isPublished: boolean }) {
  const start = useFileStart(path);
  return (
    <Loaded query={start}>
      {(start) => <RuleTab key={start.portfolio.revision} start={start} isPublished={isPublished} />}
    </Loaded>
  );
}
