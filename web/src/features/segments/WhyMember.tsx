import { useQuery } from "@tanstack/react-query";
import { type FormEvent, useState } from "react";
import { api, must } from "../../api/client";
import { Badge } from "../../design/Badge";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Instant } from "../../design/Instant";
import { segmentsText as words } from "../../text/segments";
import { RuleLines } from "./RuleLines";

/** Tells for one contact why it is in a segment, or why not: the whole rule with what was found. */
export function WhyMember({ segment }: { segment: string }) {
  const [typed, setTyped] = useState("");
  const [asked, ask] = useState("");
  const why = useQuery({
    queryKey: ["segment-why", segment, asked],
    queryFn: () =>
      must(
        api.GET("/api/v1/segments/{name}/why/{reference}", {
          params: { path: { name: segment, reference: asked } },
        }),
      ),
    enabled: asked !== "",
  });
  return (
    <section className="card stack" aria-labelledby="why">
      <h2 id="why">{words.why}</h2>
      <form
        className="row"
        onSubmit={(event: FormEvent) => {
          event.preventDefault();
          ask(typed.trim());
        }}
      >
        <Field label={words.whoField} hint={words.whyHint}>
          <input required value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Button type="submit">{words.ask}</Button>
      </form>
      <Failure error={why.error} />
      {why.data ? (
        <div className="stack tight" role="status">
          <p>
            <Badge look={why.data.inside ? "good" : "warn"}>
              {why.data.inside ? words.inside : words.outside}
            </Badge>{" "}
            {why.data.text}
          </p>
          <RuleLines lines={why.data.lines} />
          {why.data.may_change_at ? (
            <p className="soft small">
              {words.mayChange} <Instant at={why.data.may_change_at} />
            </p>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
