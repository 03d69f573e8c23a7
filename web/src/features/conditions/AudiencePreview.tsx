import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { PersonLine } from "../../design/PersonLine";
import { useRested } from "../../design/useRested";
import { conditionsText } from "../../text/conditions";
import { type Condition, missingIn } from "./condition";
import { EstimateBar } from "./EstimateBar";

/** How long nobody must have typed before the server is asked. */
const REST_MS = 350;

/** How often an exact count is looked at while it goes on. */
const COUNT_EVERY_MS = 700;

const share = new Intl.NumberFormat(undefined, { style: "percent", maximumSignificantDigits: 2 });

/** Who a condition means while it is being written: how many, how sure that is, and some of them. */
export function AudiencePreview({ condition }: { condition: Condition }) {
  const words = conditionsText.preview;
  const [seed, setSeed] = useState(0);
  const asText = useRested(JSON.stringify(condition), REST_MS);
  const rested = JSON.parse(asText) as Condition;
  const isComplete = Object.keys(rested).length > 0 && missingIn(rested) === undefined;
  const preview = useQuery({
    queryKey: ["preview", asText, seed],
    queryFn: () =>
      must(api.POST("/api/v1/segments/preview", { body: { where: rested as Record<string, never>, seed } })),
    enabled: isComplete,
    placeholderData: (before) => before,
  });
  return (
    <section className="card stack preview" aria-labelledby="preview" aria-busy={preview.isFetching}>
      <div className="row apart">
        <h2 id="preview">{words.title}</h2>
        {preview.isFetching ? <span className="soft small">{words.asking}</span> : null}
      </div>
      {isComplete ? (
        <>
          <Failure error={preview.error} />
          {preview.data && !preview.error ? (
            <Meant
              key={asText}
              preview={preview.data}
              condition={rested}
              onAskOthers={() => setSeed(seed + 1)}
            />
          ) : null}
        </>
      ) : (
        <p className="soft">{words.incomplete}</p>
      )}
    </section>
  );
}

function Meant({
  preview,
  condition,
  onAskOthers,
}: {
  preview: Schemas["PreviewView"];
  condition: Condition;
  onAskOthers: () => void;
}) {
  const words = conditionsText.preview;
  const { estimate, contacts, asked, members, building } = preview;
  if (contacts === 0) return <p className="soft">{words.nobodyAtAll}</p>;
  return (
    <>
      <div className="stack tight" role="status">
        <p className="preview-number">
          {estimate.exact ? "" : "≈ "}
          {estimate.n.toLocaleString()}
        </p>
        <p className="soft small">{words.of(share.format(estimate.share), contacts.toLocaleString())}</p>
        <EstimateBar estimate={estimate} of={contacts} />
        <p className="soft small">
          {estimate.exact
            ? words.exact
            : `${words.between(estimate.low.toLocaleString(), estimate.high.toLocaleString())} · ${words.sampled(asked.toLocaleString())}`}
        </p>
      </div>
      {building?.length ? <p className="small soft">{words.building(building.join(", "))}</p> : null}
      {estimate.exact ? null : <Exactly condition={condition} />}
      <div className="stack tight">
        <div className="row apart">
          <h3>{words.some}</h3>
          {estimate.exact ? null : (
            <Button size="small" look="plain" onClick={onAskOthers}>
              {words.another}
            </Button>
          )}
        </div>
        {members.length === 0 ? <p className="soft">{words.nobody}</p> : null}
        <ul className="people">
          {members.slice(0, 8).map((contact) => (
            <li key={contact.id}>
              <Link href={`/contacts/${contact.id}`} className="person-link">
                <PersonLine contact={contact} />
              </Link>
            </li>
          ))}
        </ul>
      </div>
    </>
  );
}

/** Counts everybody, by a job. */
function Exactly({ condition }: { condition: Condition }) {
  const words = conditionsText.preview;
  const begun = useMutation({
    mutationFn: () =>
      must(
        api.POST("/api/v1/segments/preview", {
          body: { where: condition as Record<string, never>, count: true },
        }),
      ),
  });
  const id = begun.data?.job ?? "";
  const job = useQuery({
    queryKey: ["job", id],
    queryFn: () => must(api.GET("/api/v1/jobs/{id}", { params: { path: { id } } })),
    enabled: id !== "",
    refetchInterval: (query) => (query.state.data?.finished ? false : COUNT_EVERY_MS),
  });
  if (!job.data) {
    return (
      <div>
        <Failure error={begun.error ?? job.error} />
        <Button size="small" disabled={begun.isPending || id !== ""} onClick={() => begun.mutate()}>
          {words.countExactly}
        </Button>
      </div>
    );
  }
  const { finished, looked_at, total } = job.data;
  return (
    <p role="status">
      {finished
        ? words.counted(countOf(job.data).toLocaleString())
        : words.counting(looked_at.toLocaleString(), total.toLocaleString())}
    </p>
  );
}

/** What a job of counting has counted for its only selection. */
function countOf(job: Schemas["JobView"]): number {
  const result = job.result as { sets?: { n?: number }[] } | undefined;
  return result?.sets?.[0]?.n ?? 0;
}
