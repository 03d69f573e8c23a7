import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation, useSearchParams } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Failure } from "../../design/Failure";
import { Icon } from "../../design/Icon";
import { useRested } from "../../design/useRested";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";
import { type Condition, isCondition } from "../conditions/condition";
import { PredicateBuilder } from "../conditions/PredicateBuilder";
import { useKnown } from "../conditions/useKnown";
import { ContactCount } from "./ContactCount";
import { ContactTable } from "./ContactTable";
import { isAsked, useContactSearch } from "./useContactSearch";
import "./contacts.css";

/** How long nobody must have typed before the server is asked. */
const REST_MS = 250;

/** Everybody, found by name, address or id, and by anything that a condition can ask. */
export default function Contacts() {
  const [params, setParams] = useSearchParams();
  const q = params.get("q") ?? "";
  const where = read(params.get("where"));
  const [isOpen, setOpen] = useState(where !== undefined);
  const known = useKnown();
  const [, go] = useLocation();
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
  const asked = useRested(JSON.stringify({ q: q.trim(), where }), REST_MS);
  const filter = JSON.parse(asked) as { q: string; where: Condition | undefined };
  const { search, contacts, lookedAt } = useContactSearch(filter);
  const isFiltered = filter.q !== "" || (filter.where !== undefined && isAsked(filter.where));
  const total = useQuery({ queryKey: ["status"], queryFn: () => must(api.GET("/api/v1/status")) });
  const segment =
    where && Object.keys(where).length === 1 && typeof where.segment === "string" ? where.segment : "";
  if (total.data?.contacts === 0) {
    return (
      <div className="stack">
        <h1>{words.title}</h1>
        <Empty title={words.empty} hint={words.emptyHint}>
          <Link className="button main" href="/start">
            {words.connect}
          </Link>
          <Link className="button" href="/imports">
            {words.imports}
          </Link>
        </Empty>
      </div>
    );
  }
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <div className="row">
          <ContactCount filter={filter} total={total.data?.contacts} />
          <Link className="button small" href="/imports">
            <Icon name="upload" /> {words.imports}
          </Link>
          <Link className="button small" href="/exports">
            <Icon name="download" /> {words.exports}
          </Link>
          <Link className="button small" href="/accounts">
            <Icon name="building" /> {words.accounts}
          </Link>
          <Link className="button small" href="/suppressions">
            <Icon name="no" /> {words.suppressions}
          </Link>
        </div>
      </div>
      <div className="contact-find">
        <span className="search-field">
          <Icon name="search" />
          <input
            type="search"
            aria-label={words.find}
            placeholder={words.find}
            value={q}
            onChange={(event) => put("q", event.target.value)}
          />
        </span>
        <select
          className="input"
          aria-label={words.inSegment}
          value={segment}
          onChange={(event) =>
            put("where", event.target.value ? JSON.stringify({ segment: event.target.value }) : "")
          }
        >
          <option value="">
            {words.inSegment}: {words.everybody}
          </option>
          {known.segments.map((it) => (
            <option key={it.name} value={it.name}>
              {it.title}
            </option>
          ))}
        </select>
        <Button aria-expanded={isOpen} onClick={() => setOpen(!isOpen)}>
          <Icon name="filter" /> {words.filters}
        </Button>
        {q || where ? (
          <Button look="plain" onClick={() => setParams(new URLSearchParams(), { replace: true })}>
            {words.clear}
          </Button>
        ) : null}
      </div>
      {isOpen ? (
        <div className="stack tight">
          <PredicateBuilder
            label={words.filterLabel}
            condition={where}
            known={known}
            onChange={(next) => put("where", JSON.stringify(next))}
          />
          {where && isAsked(where) && !segment ? (
            <div>
              <Button
                size="small"
                onClick={() => go(`/segments?new=${encodeURIComponent(JSON.stringify(where))}`)}
              >
                <Icon name="segment" /> {words.saveAsSegment}
              </Button>
            </div>
          ) : null}
        </div>
      ) : null}
      <Failure error={search.error} />
      {search.data && contacts.length === 0 && !search.hasNextPage && !search.isFetching ? (
        <Empty title={words.nobody} hint={isFiltered ? words.nobodyHint : words.emptyHint} />
      ) : null}
      {contacts.length ? <ContactTable contacts={contacts} isOld={search.isPlaceholderData} /> : null}
      {search.hasNextPage ? (
        <div className="row">
          <Button disabled={search.isFetching} onClick={() => void search.fetchNextPage()}>
            {contacts.length ? text.more : words.goOn}
          </Button>
          {isFiltered ? (
            <span className="soft small" role="status">
              {words.lookedAt(lookedAt.toLocaleString())}
            </span>
          ) : null}
        </div>
      ) : null}
      {search.isPending ? (
        <p className="soft" role="status">
          {text.loading}
        </p>
      ) : null}
    </div>
  );
}

function read(json: string | null): Condition | undefined {
  if (!json) return undefined;
  try {
    const value: unknown = JSON.parse(json);
    return isCondition(value) ? value : undefined;
  } catch {
    return undefined;
  }
}
