import { useInfiniteQuery, useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Instant } from "../../design/Instant";
import { useRested } from "../../design/useRested";
import { text } from "../../text/en";
import { suppressionsText as words } from "../../text/imports";
import { AddSuppressions } from "./AddSuppressions";

/** How long nobody must have typed before the server is asked. */
const REST_MS = 300;

/** Addresses that must not be used: to look one up, to add some, to take one back. */
export default function Suppressions() {
  const queries = useQueryClient();
  const [find, setFind] = useState("");
  const [isAdding, setAdding] = useState(false);
  const [taking, take] = useState<{ address: string; channel: string } | undefined>(undefined);
  const address = useRested(find.trim(), REST_MS);
  const listed = useInfiniteQuery({
    queryKey: ["suppressions", address],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/suppressions", {
          params: { query: { ...(address ? { address } : {}), ...(pageParam ? { after: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const removed = useMutation({
    mutationFn: (it: { address: string; channel: string }) =>
      must(
        api.POST("/api/v1/suppressions/remove", {
          body: { addresses: [it.address], channel: it.channel },
        }),
      ),
    onSuccess: async () => {
      take(undefined);
      await queries.invalidateQueries({ queryKey: ["suppressions"] });
    },
  });
  const rows = listed.data?.pages.flatMap((page) => page.suppressions) ?? [];
  return (
    <div className="stack">
      <div className="row apart">
        <div>
          <h1>{words.title}</h1>
          <p className="soft">{words.lead}</p>
        </div>
        <Button look="main" onClick={() => setAdding(true)}>
          {words.add}
        </Button>
      </div>
      <input
        className="input"
        type="search"
        aria-label={words.find}
        placeholder={words.find}
        value={find}
        onChange={(event) => setFind(event.target.value)}
      />
      <Failure error={listed.error} />
      {listed.data && rows.length === 0 ? (
        <p className="soft">{address ? words.notFound : words.empty}</p>
      ) : null}
      {rows.length ? (
        <div className="scroll">
          <table className="table small">
            <thead>
              <tr>
                {Object.values(words.column).map((it) => (
                  <th key={it} scope="col">
                    {it}
                  </th>
                ))}
                <th scope="col">
                  <span className="visually-hidden">{words.remove}</span>
                </th>
              </tr>
            </thead>
            <tbody>
              {rows.map((it) => (
                <tr key={`${it.channel}:${it.address}:${it.since}`}>
                  <td>
                    {it.address ?? <em>{words.erased}</em>}
                    <div className="soft">{it.channel}</div>
                  </td>
                  <td>{it.reason}</td>
                  <td>
                    <Instant at={it.since} />
                  </td>
                  <td>{it.by}</td>
                  <td>
                    {it.address ? (
                      <Button
                        size="small"
                        aria-label={`${words.remove}: ${it.address}`}
                        onClick={() => take({ address: it.address ?? "", channel: it.channel })}
                      >
                        {words.remove}
                      </Button>
                    ) : null}
                  </td>
                </tr>
              ))}
            </tbody>
          </table>
        </div>
      ) : null}
      {listed.hasNextPage ? (
        <div>
          <Button onClick={() => void listed.fetchNextPage()}>{text.more}</Button>
        </div>
      ) : null}
      <AddSuppressions open={isAdding} onClose={() => setAdding(false)} />
      <Dialog
        title={words.removeTitle}
        lead={words.removeConsequence(taking?.address ?? "")}
        open={taking !== undefined}
        onClose={() => take(undefined)}
      >
        <Failure error={removed.error} />
        <div>
          <Button look="danger" disabled={removed.isPending} onClick={() => taking && removed.mutate(taking)}>
            {words.removeNow}
          </Button>
        </div>
      </Dialog>
    </div>
  );
}
