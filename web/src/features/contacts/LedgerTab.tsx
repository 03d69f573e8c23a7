import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";

/** Every answer of consent that there ever was, with where it came from. */
export function LedgerTab({ reference }: { reference: string }) {
  const ledger = useInfiniteQuery({
    queryKey: ["ledger", reference],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/contacts/{reference}/consent", {
          params: { path: { reference }, query: pageParam ? { after: pageParam } : {} },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const rows = ledger.data?.pages.flatMap((page) => page.changes) ?? [];
  return (
    <section className="stack tight" aria-labelledby="ledger">
      <h2 id="ledger">{words.ledger}</h2>
      <p className="soft small">{words.ledgerLead}</p>
      <Failure error={ledger.error} />
      {ledger.data && rows.length === 0 ? <p className="soft">{words.unanswered}</p> : null}
      {rows.length ? (
        <div className="scroll">
          <table className="table small">
            <thead>
              <tr>
                {Object.values(words.ledgerColumn).map((it) => (
                  <th key={it} scope="col">
                    {it}
                  </th>
                ))}
              </tr>
            </thead>
            <tbody>
              {rows.map((it, place) => (
                // biome-ignore lint/suspicious/noArrayIndexKey: the ledger only grows at its end
                <tr key={place}>
                  <td>
                    <Instant at={it.at} />
                  </td>
                  <td>{it.of}</td>
                  <td>{it.answer}</td>
                  <td>
                    {it.source}
                    {it.legal_basis ? (
                      <span className="soft"> · {it.legal_basis.replaceAll("_", " ")}</span>
                    ) : null}
                    {it.message ? (
                      <>
                        {" · "}
                        <Link href={`/messages/${it.message}`}>{words.message}</Link>
                      </>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {ledger.hasNextPage ? (
        <div>
          <Button onClick={() => void ledger.fetchNextPage()}>{text.more}</Button>
        </div>
      ) : null}
    </section>
  );
}
