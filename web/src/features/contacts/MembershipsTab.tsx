import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { contactsText as words } from "../../text/contacts";

/** How many inputs are read for it. */
const PAGE_ROWS = 1_000;

/** How a contact came into segments and lists, and out again. */
export function MembershipsTab({ reference }: { reference: string }) {
  const memberships = useQuery({
    queryKey: ["memberships", reference],
    queryFn: () =>
      must(
        api.GET("/api/v1/contacts/{reference}/segments", {
          params: { path: { reference }, query: { limit: PAGE_ROWS } },
        }),
      ),
  });
  return (
    <section className="stack tight" aria-labelledby="memberships">
      <h2 id="memberships">{words.history}</h2>
      <Loaded query={memberships}>
        {({ changes }) =>
          changes.length === 0 ? (
            <p className="soft">{words.noMemberships}</p>
          ) : (
            <ol className="stack tight">
              {changes.toReversed().map((it) => {
                const name = it.segment ?? it.list ?? "";
                return (
                  <li key={`${it.seq}:${name}`} className="card row apart small">
                    <span>
                      <Badge look={it.entered ? "good" : "warn"}>
                        {it.entered ? words.joined : words.left}
                      </Badge>{" "}
                      <Link href={it.segment ? `/segments/${name}` : `/lists/${name}`}>{name}</Link>{" "}
                      <span className="soft">
                        {words.by[it.by] ?? it.by.replaceAll("_", " ")}
                        {it.event ? `: ${it.event}` : ""}
                      </span>
                    </span>
                    <span className="soft">
                      <Instant at={it.at} />
                    </span>
                  </li>
                );
              })}
            </ol>
          )
        }
      </Loaded>
    </section>
  );
}
