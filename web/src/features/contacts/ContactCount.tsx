import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { contactsText as words } from "../../text/contacts";
import { type Filter, isAsked } from "./useContactSearch";

/** How many contacts a filter means, as a sample shows it; nothing while a text is looked for. */
export function ContactCount({ filter, total }: { filter: Filter; total: number | undefined }) {
  const { q, where } = filter;
  const isAsking = q === "" && where !== undefined && isAsked(where);
  const preview = useQuery({
    queryKey: ["preview", JSON.stringify(where), 0],
    queryFn: () =>
      must(api.POST("/api/v1/segments/preview", { body: { where: where as Record<string, never> } })),
    enabled: isAsking,
  });
  if (q !== "") return null;
  if (!isAsking)
    return total === undefined ? null : <span className="soft">{words.all(total.toLocaleString())}</span>;
  const estimate = preview.data?.estimate;
  if (!estimate) return null;
  const n = estimate.n.toLocaleString();
  return (
    <span className="soft" role="status">
      {estimate.exact ? words.exactly(n) : words.about(n)}
    </span>
  );
}
