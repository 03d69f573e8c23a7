import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { PersonLine } from "../../design/PersonLine";
import { text } from "../../text/en";
import { segmentsText as words } from "../../text/segments";
import { WhyMember } from "./WhyMember";

/** How many members a page has. */
const PAGE_ROWS = 50;

/** Who is in a segment or on a list, and why somebody is or isn't. */
export function MembersTab({ kind, name }: { kind: "segment" | "list"; name: string }) {
  const members = useInfiniteQuery({
    queryKey: [kind, name, "members"],
    queryFn: ({ pageParam }) => {
      const query = { limit: PAGE_ROWS, ...(pageParam ? { after: pageParam } : {}) };
      const params = { path: { name }, query };
      return kind === "segment"
        ? must(api.GET("/api/v1/segments/{name}/members", { params }))
        : must(api.GET("/api/v1/lists/{name}/members", { params }));
    },
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const all = members.data?.pages.flatMap((page) => page.contacts) ?? [];
  return (
    <div className="stack">
      {kind === "segment" ? <WhyMember segment={name} /> : null}
      <section className="stack tight" aria-labelledby="members">
        <h2 id="members">{words.members}</h2>
        <Failure error={members.error} />
        {members.data && all.length === 0 ? <p className="soft">{words.noMembers}</p> : null}
        <ul className="member-grid">
          {all.map((contact) => (
            <li key={contact.id}>
              <Link href={`/contacts/${contact.id}`} className="person-link card">
                <PersonLine contact={contact} />
                {contact.since ? (
                  <span className="soft small">
                    {words.since} <Instant at={contact.since} />
                  </span>
                ) : null}
              </Link>
            </li>
          ))}
        </ul>
        {members.hasNextPage ? (
          <div>
            <Button disabled={members.isFetchingNextPage} onClick={() => void members.fetchNextPage()}>
              {text.more}
            </Button>
          </div>
        ) : null}
      </section>
    </div>
  );
}
