import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { PersonLine } from "../../design/PersonLine";
import { accountsText as words } from "../../text/accounts";
import { text } from "../../text/en";

/** How many members a page has. */
const PAGE_ROWS = 50;

/** Who belongs to an account. */
export function Members({ account }: { account: string }) {
  const members = useInfiniteQuery({
    queryKey: ["account", account, "members"],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/accounts/{account}/members", {
          params: {
            path: { account },
            query: { limit: PAGE_ROWS, ...(pageParam ? { after: pageParam } : {}) },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const all = members.data?.pages.flatMap((page) => page.members) ?? [];
  return (
    <section className="stack tight" aria-labelledby="account-members">
      <h2 id="account-members">{words.memberList}</h2>
      <Failure error={members.error} />
      {members.data && all.length === 0 ? <p className="soft">{words.noMembers}</p> : null}
      <ul className="member-grid">
        {all.map((it) => (
          <li key={it.contact}>
            <Link href={`/contacts/${it.contact}`} className="person-link card">
              {it.who ? <PersonLine contact={it.who} /> : it.contact}
              <span className="soft small">
                {words.since} <Instant at={it.since} />
              </span>
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
  );
}
