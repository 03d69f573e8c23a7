import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";

/** The most drafts that take part. */
const DRAFTS_MAX = 20;

/** The drafts of other files of the portfolio, with their texts: a test is about what is being written. */
export function useOtherDrafts(path: string) {
  return useQuery({
    queryKey: ["drafts", "texts", path],
    queryFn: async () => {
      const { drafts } = await must(api.GET("/api/v1/drafts"));
      const others = drafts.filter((it) => it.path !== path).slice(0, DRAFTS_MAX);
      return Promise.all(
        others.map((it) => must(api.GET("/api/v1/drafts/{path}", { params: { path: { path: it.path } } }))),
      );
    },
  });
}
