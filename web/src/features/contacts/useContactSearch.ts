/** The contacts that a search finds, page by page from the server. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, must, type Schemas } from "../../api/client";
import { type Condition, groupOf, missingIn } from "../conditions/condition";

/** How many contacts a page has. */
const PAGE_ROWS = 50;

/** How many pages are looked through without being asked, when few contacts are meant. */
const PAGES_UNASKED_MAX = 6;

export type Filter = { q: string; where: Condition | undefined };

/** What a filter asks of the server. A single segment, list or tag is looked up instead of asked of everybody. */
export function bodyOf({ q, where }: Filter, after: string): Schemas["SearchBody"] {
  const selection = where && isAsked(where) ? selectionOf(where) : {};
  const paging = { limit: PAGE_ROWS, ...(q ? { q } : {}), ...(after ? { after } : {}) };
  return { ...selection, ...paging } as Schemas["SearchBody"];
}

/** Whether a filter can be asked: it is no empty group, and nothing is missing from it. */
export function isAsked(where: Condition): boolean {
  const group = groupOf(where);
  return Object.keys(where).length > 0 && group?.items.length !== 0 && missingIn(where) === undefined;
}

function selectionOf(where: Condition): object {
  const keys = Object.keys(where);
  const isOne = keys.length === 1 && ["segment", "list", "tag"].includes(keys[0] ?? "");
  return isOne ? where : { where };
}

export function useContactSearch(filter: Filter) {
  const search = useInfiniteQuery({
    queryKey: ["contacts", filter.q, JSON.stringify(filter.where)],
    queryFn: ({ pageParam }) =>
      must(api.POST("/api/v1/contacts/search", { body: bodyOf(filter, pageParam) })),
    initialPageParam: "",
    getNextPageParam: (page) => page.next ?? undefined,
    placeholderData: (before) => before,
  });
  const pages = search.data?.pages ?? [];
  const contacts = pages.flatMap((page) => page.contacts);
  const lookedAt = pages.reduce((sum, page) => sum + page.looked_at, 0);
  const wantsMore =
    contacts.length < PAGE_ROWS && pages.length < PAGES_UNASKED_MAX && !search.isPlaceholderData;
  const { hasNextPage, isFetching, fetchNextPage } = search;
  useEffect(() => {
    if (wantsMore && hasNextPage && !isFetching) void fetchNextPage();
  }, [wantsMore, hasNextPage, isFetching, fetchNextPage]);
  return { search, contacts, lookedAt };
}
