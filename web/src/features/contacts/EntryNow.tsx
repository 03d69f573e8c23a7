import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Icon } from "../../design/Icon";
import { Loaded } from "../../design/Loaded";
import { Sentence } from "../../design/Sentence";
import { contactsText as words } from "../../text/contacts";
import { RuleLines } from "../segments/RuleLines";
import "../segments/segments.css";

/** Whether a workflow would let a contact in now: every rule of entering, with what was found. */
export function EntryNow({ reference, workflow }: { reference: string; workflow: string }) {
  const why = useQuery({
    queryKey: ["entry", reference, workflow],
    queryFn: () =>
      must(
        api.GET("/api/v1/workflows/{name}/why/{reference}", {
          params: { path: { name: workflow, reference } },
        }),
      ),
  });
  return (
    <section className="card stack tight" aria-labelledby="entry-now">
      <Loaded query={why}>
        {(why) => (
          <>
            <h3 id="entry-now">
              {words.whyNow}: {why.may_enter ? words.mayEnter : words.mayNotEnter}
            </h3>
            <ul className="entry-checks">
              {why.checks.map((check) => (
                <li key={check.asks} data-passes={check.passes}>
                  <span className="entry-sign">
                    <Icon name={check.passes ? "check" : "close"} />
                  </span>
                  <span>
                    <strong>{words.asks[check.asks] ?? check.asks}</strong>: <Sentence>{check.text}</Sentence>{" "}
                    <span className="soft" title={`${words.readRule} ${check.rule}`}>
                      {words.rule(check.rule)}
                    </span>
                    {check.lines?.length && !check.passes ? <RuleLines lines={check.lines} /> : null}
                  </span>
                </li>
              ))}
            </ul>
          </>
        )}
      </Loaded>
    </section>
  );
}
