import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { lazy, Suspense } from "react";
import { Link, useSearchParams } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { Icon } from "../../design/Icon";
import { text } from "../../text/en";
import { messagesText as words } from "../../text/messages";
import { MessageTable } from "./MessageTable";

const Calendar = lazy(() => import("./Calendar"));

/** The states of each tab: the first is what is asked for at first. */
const STATES = {
  outbox: ["scheduled", "held", "rendering", "pending"],
  sent: ["sent"],
  stopped: ["blocked", "expired", "cancelled"],
  failed: ["failed", "uncertain"],
  all: [],
} as const;

type Tab = keyof typeof STATES;

/** How often the list is looked at again. */
const LOOK_EVERY_MS = 10_000;

/** Every message that is under way, was sent, or was not sent and why; and the calendar of what is planned. */
export default function Messages() {
  const [params] = useSearchParams();
  const tab = params.get("are") ?? "all";
  const shown = tab in words.tabs ? (tab as keyof typeof words.tabs) : "all";
  return (
    <div className="stack">
      <h1>{text.messages.title}</h1>
      <nav className="tabs" aria-label={text.messages.title}>
        {(Object.keys(words.tabs) as (keyof typeof words.tabs)[]).map((it) => (
          <Link
            key={it}
            href={it === "all" ? "/messages" : `/messages?are=${it}`}
            aria-current={it === shown ? "page" : undefined}
          >
            {words.tabs[it]}
          </Link>
        ))}
      </nav>
      {shown === "calendar" ? (
        <Suspense fallback={<p className="soft">{text.loading}</p>}>
          <Calendar />
        </Suspense>
      ) : (
        <Listed key={shown} tab={shown} />
      )}
    </div>
  );
}

function Listed({ tab }: { tab: Tab }) {
  const [params, setParams] = useSearchParams();
  const states: readonly string[] = STATES[tab];
  const state = params.get("state") ?? states[0] ?? "";
  const workflow = params.get("workflow") ?? "";
  const channel = params.get("channel") ?? "";
  const step = params.get("step") ?? "";
  const put = (name: string, value: string) =>
    setParams(
      (before) => {
        const next = new URLSearchParams(before);
        if (value) next.set(name, value);
        else next.delete(name);
        return next;
      },
      { replace: true },
    );
  const workflows = useQuery({ queryKey: ["workflows"], queryFn: () => must(api.GET("/api/v1/workflows")) });
  const messages = useInfiniteQuery({
    queryKey: ["messages", state, workflow, channel, step],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/messages", {
          params: {
            query: {
              ...(state ? { state } : {}),
              ...(workflow ? { workflow } : {}),
              ...(channel ? { channel } : {}),
              ...(step ? { step } : {}),
              ...(pageParam ? { before: pageParam } : {}),
            },
          },
        }),
      ),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  const all = messages.data?.pages.flatMap((page) => page.messages) ?? [];
  return (
    <>
      <div className="row apart">
        <p className="soft">{words.leads[tab]}</p>
        <div className="row">
          {step ? (
            <Button size="small" onClick={() => put("step", "")} aria-label={words.anyStep(step)}>
              {words.ofStep(step)} <Icon name="close" />
            </Button>
          ) : null}
          {states.length > 1 ? (
            <fieldset className="chips">
              <legend className="visually-hidden">{text.messages.state}</legend>
              {states.map((it) => (
                <label key={it} className="chip">
                  <input
                    type="radio"
                    name="state"
                    className="visually-hidden"
                    checked={it === state}
                    onChange={() => put("state", it)}
                  />
                  {words.states[it]}
                </label>
              ))}
            </fieldset>
          ) : null}
          <select
            className="input"
            aria-label={words.workflow}
            value={workflow}
            onChange={(event) => put("workflow", event.target.value)}
          >
            <option value="">{words.anyWorkflow}</option>
            {(workflows.data?.workflows ?? []).map((it) => (
              <option key={it.name} value={it.name}>
                {it.title}
              </option>
            ))}
          </select>
          <select
            className="input"
            aria-label={words.channel}
            value={channel}
            onChange={(event) => put("channel", event.target.value)}
          >
            <option value="">{words.anyChannel}</option>
            {["email", "sms", "push", "webhook"].map((it) => (
              <option key={it} value={it}>
                {it}
              </option>
            ))}
          </select>
        </div>
      </div>
      <Failure error={messages.error} />
      {messages.isPending ? (
        <p className="soft" role="status">
          {text.loading}
        </p>
      ) : null}
      {messages.data && all.length === 0 ? <Empty title={words.empty[tab]} hint={words.emptyHint} /> : null}
      {all.length ? <MessageTable messages={all} mayRetry={tab === "failed"} /> : null}
      {messages.hasNextPage ? (
        <div>
          <Button disabled={messages.isFetchingNextPage} onClick={() => void messages.fetchNextPage()}>
            {text.more}
          </Button>
        </div>
      ) : null}
    </>
  );
}
