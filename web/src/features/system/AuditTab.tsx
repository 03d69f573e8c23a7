import { useInfiniteQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { useWho } from "../../app/session";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { systemText as words } from "../../text/system";

/** Everything that people and programs did, newest first. */
export function AuditTab() {
  const who = useWho();
  const isAdmin = who.data?.person?.scope === "admin";
  const audit = useInfiniteQuery({
    queryKey: ["audit"],
    queryFn: ({ pageParam }) =>
      must(api.GET("/api/v1/audit", { params: { query: pageParam ? { before: pageParam } : {} } })),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
    enabled: isAdmin,
  });
  if (!isAdmin) return <Notice title={words.needsAdmin} />;
  const entries = audit.data?.pages.flatMap((page) => page.entries) ?? [];
  return (
    <div className="stack">
      <Failure error={audit.error} />
      <ul className="audit">
        {entries.map((it) => {
          const { what, ...rest } = it.what as Record<string, unknown>;
          return (
            <li key={it.seq} className="audit-line">
              <span>
                <strong>{String(what ?? Object.keys(it.what)[0] ?? "").replaceAll("_", " ")}</strong>{" "}
                <code className="soft">{shown(what === undefined ? it.what : rest)}</code>
              </span>
              <span className="soft small">
                {it.by} · <Instant at={it.at} />
              </span>
            </li>
          );
        })}
      </ul>
      {audit.hasNextPage ? (
        <div>
          <Button onClick={() => void audit.fetchNextPage()}>{text.more}</Button>
        </div>
      ) : null}
    </div>
  );
}

function shown(rest: object): string {
  return Object.entries(rest)
    .filter(([, value]) => value !== null)
    .map(([key, value]) => `${key}: ${typeof value === "string" ? value : JSON.stringify(value)}`)
    .join(" · ");
}
