import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { accountsText as words } from "../../text/accounts";
import { text } from "../../text/en";

/** How many accounts a page has. */
const PAGE_ROWS = 50;

/** All accounts, by their ids. */
export default function Accounts() {
  const [wanted, setWanted] = useState("");
  const [, go] = useLocation();
  const accounts = useInfiniteQuery({
    queryKey: ["accounts"],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/accounts", {
          params: { query: { limit: PAGE_ROWS, ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = accounts.data?.pages.flatMap((page) => page.accounts) ?? [];
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.lead}</p>
      </div>
      <Failure error={accounts.error} />
      {accounts.data && rows.length === 0 ? <Empty title={words.empty} hint={words.emptyHint} /> : null}
      {accounts.isPending ? (
        <p className="soft" role="status">
          {text.loading}
        </p>
      ) : null}
      {rows.length ? (
        <>
          <form
            className="row"
            onSubmit={(event) => {
              event.preventDefault();
              if (wanted.trim()) go(`/accounts/${encodeURIComponent(wanted.trim())}`);
            }}
          >
            <input
              className="input"
              aria-label={words.find}
              placeholder={words.find}
              value={wanted}
              onChange={(event) => setWanted(event.target.value)}
            />
            <Button type="submit">{words.open}</Button>
          </form>
          <div className="scroll">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{words.column.id}</th>
                  <th scope="col" className="number">
                    {words.column.members}
                  </th>
                  <th scope="col">{words.column.heard}</th>
                </tr>
              </thead>
              <tbody>
                {rows.map((it) => (
                  <tr key={it.id}>
                    <td>
                      <Link href={`/accounts/${encodeURIComponent(it.id)}`}>
                        {String(it.traits.name ?? it.id)}
                      </Link>
                      <div className="soft small">{it.id}</div>
                    </td>
                    <td className="number">{it.n_members.toLocaleString()}</td>
                    <td>
                      <Instant at={it.updated_at} />
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </>
      ) : null}
      {accounts.hasNextPage ? (
        <div>
          <Button disabled={accounts.isFetchingNextPage} onClick={() => void accounts.fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      ) : null}
    </div>
  );
}
