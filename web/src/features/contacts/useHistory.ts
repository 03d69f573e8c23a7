/** Everything that happened to a contact, newest first: all pages of it, up to a bound. */
import { useInfiniteQuery } from "@tanstack/react-query";
import { useEffect } from "react";
import { api, must } from "../../api/client";

/** How often it looks for news. */
const LOOK_EVERY_MS = 5_000;

/** How many inputs are loaded at once, oldest first. */
const PAGE_ROWS = 1_000;

/** How many pages are loaded without being asked. */
const PAGES_UNASKED_MAX = 10;

export function useHistory(reference: string) {
  const why = useInfiniteQuery({
    queryKey: ["why", reference],
    queryFn: ({ pageParam }) =>
      must(
        api.GET("/api/v1/contacts/{reference}/why", {
          params: { path: { reference }, query: { after: pageParam, limit: PAGE_ROWS } },
        }),
      ),
    initialPageParam: 0,
    getNextPageParam: (page) => page.next ?? undefined,
    refetchInterval: LOOK_EVERY_MS,
  });
  const { hasNextPage, isFetching, fetchNextPage } = why;
  const nPages = why.data?.pages.length ?? 0;
  useEffect(() => {
    if (hasNextPage && !isFetching && nPages < PAGES_UNASKED_MAX) void fetchNextPage();
  }, [hasNextPage, isFetching, fetchNextPage, nPages]);
  const entries = (why.data?.pages.flatMap((page) => page.entries) ?? []).toReversed();
  return { why, entries };
}
