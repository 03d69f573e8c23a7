import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../../api/client";
import { words } from "../../../text/flow";
import { byRule } from "./numbers";

/** The states in which a message is held back. */
const STATES = ["scheduled", "blocked", "expired"];

/** How many messages of each state are looked at. */
const LOOKED_AT = 200;

/** Messages that didn't go, or not yet, by the rule that decided. */
export function HeldBack({ workflow }: { workflow: string }) {
  const held = useQuery({
    queryKey: ["held-back", workflow],
    queryFn: async () => {
      const pages = await Promise.all(
        STATES.map((state) =>
          must(api.GET("/api/v1/messages", { params: { query: { workflow, state, limit: LOOKED_AT } } })),
        ),
      );
      return byRule(pages.flatMap((page) => page.messages));
    },
  });
  if (!held.data) return null;
  return (
    <section className="stack tight">
      <h3>{words.live.held}</h3>
      {held.data.length === 0 ? (
        <p className="soft small">{words.live.nothingHeld}</p>
      ) : (
        <ul className="held">
          {held.data.map((row) => (
            <li key={`${row.state}/${row.rule}/${row.why}`}>
              <strong>{row.n.toLocaleString()}</strong>{" "}
              <Link href={`/messages?workflow=${workflow}&state=${row.state}`}>{row.state}</Link>{" "}
              {row.rule ? <span className="badge">{words.live.rule(row.rule)}</span> : null}{" "}
              <span className="soft small">{row.why}</span>
            </li>
          ))}
        </ul>
      )}
      <p className="soft small">{words.live.latest(LOOKED_AT)}</p>
    </section>
  );
}
