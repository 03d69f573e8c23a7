import { useInfiniteQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { text } from "../../text/en";
import { MessageTable } from "./MessageTable";

const STATES = [
  "held",
  "scheduled",
  "queued",
  "attempting",
  "sent",
  "blocked",
  "expired",
  "failed",
  "uncertain",
  "cancelled",
  "ghost",
];

/** Every message, and every message that was not sent, newest first. */
export default function Messages() {
  const words = text.messages;
  const [state, setState] = useState("");
  const messages = useInfiniteQuery({
    queryKey: ["messages", state],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/messages", {
          params: { query: { ...(state ? { state } : {}), ...(pageParam ? { before: pageParam } : {}) } },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
  });
  const all = messages.data?.pages.flatMap((page) => page.messages) ?? [];
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <label className="small">
          {words.state}{" "}
          <select value={state} onChange={(event) => setState(event.target.value)}>
            <option value="">{words.any}</option>
            {STATES.map((state) => (
              <option key={state} value={state}>
                {state}
              </option>
            ))}
          </select>
        </label>
      </div>
      <Failure error={messages.error} />
      {messages.data && all.length === 0 ? <Empty title={words.empty} /> : null}
      {all.length ? <MessageTable messages={all} /> : null}
      {messages.hasNextPage ? (
        <div>
          <Button onClick={() => void messages.fetchNextPage()}>{text.more}</Button>
        </div>
      ) : null}
    </div>
  );
}
