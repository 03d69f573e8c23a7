/** What there is of any file of the portfolio: what is published, and the draft of it. */
import { useQuery } from "@tanstack/react-query";
import { api, must, Refusal } from "../../api/client";

export function useFileStart(path: string) {
  return useQuery({
    queryKey: ["file", path],
    queryFn: async () => {
      const portfolio = await must(api.GET("/api/v1/portfolio"));
      const published = portfolio.files.find((file) => file.path === path)?.text;
      const draft = await must(api.GET("/api/v1/drafts/{path}", { params: { path: { path } } })).catch(
        (error: unknown) => {
          if (error instanceof Refusal && error.status === 404) return undefined;
          throw error;
        },
      );
      return { portfolio, path, published, draft };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

export type FileStart = NonNullable<ReturnType<typeof useFileStart>["data"]>;
