import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Failure } from "../../design/Failure";
import { segmentsText as words } from "../../text/segments";
import { useKnown } from "../conditions/useKnown";
import { OverlapPair } from "./OverlapPair";

/** The most others that a segment is held against at once: the server compares eight. */
const OTHERS_MAX = 7;

/** How many are in this segment and in others at once. */
export function OverlapTab({ name }: { name: string }) {
  const known = useKnown();
  const choices = [
    ...known.segments.filter((it) => it.name !== name).map((it) => ({ key: it.name, title: it.title })),
    ...known.lists.map((list) => ({ key: `list:${list}`, title: list })),
  ];
  const [chosen, choose] = useState<string[] | undefined>(undefined);
  const others = chosen ?? choices.slice(0, 1).map((it) => it.key);
  const overlap = useQuery({
    queryKey: ["overlap", name, others],
    queryFn: () =>
      must(
        api.POST("/api/v1/segments/overlap", {
          body: { of: [{ segment: name }, ...others.map(selectionOf)] },
        }),
      ),
    enabled: others.length > 0,
    placeholderData: (before) => before,
  });
  const { data } = overlap;
  const alone = data?.sets.filter((it) => it.of.length === 1) ?? [];
  const mine = alone[0];
  const whole = data?.sets.find((it) => it.of.length === others.length + 1 && it.of.length > 2);
  return (
    <section className="stack" aria-labelledby="overlap">
      <div>
        <h2 id="overlap">{words.overlap}</h2>
        <p className="soft">{words.overlapLead}</p>
      </div>
      <fieldset className="chips">
        <legend className="visually-hidden">{words.overlapPick}</legend>
        {choices.map(({ key, title }) => (
          <label key={key} className="chip">
            <input
              type="checkbox"
              checked={others.includes(key)}
              disabled={!others.includes(key) && others.length >= OTHERS_MAX}
              onChange={(event) =>
                choose(event.target.checked ? [...others, key] : others.filter((it) => it !== key))
              }
            />
            {title}
          </label>
        ))}
      </fieldset>
      <Failure error={overlap.error} />
      {data && mine ? (
        <div className="overlap-pairs">
          {alone.slice(1).map((other) => {
            const both = data.sets.find(
              (it) => it.of.length === 2 && it.of[0] === mine.of[0] && it.of[1] === other.of[0],
            );
            return both ? (
              <OverlapPair
                key={other.of[0]}
                mine={mine}
                other={other}
                both={both}
                titles={[
                  known.segments.find((it) => it.name === name)?.title ?? name,
                  titleOf(choices, other.of[0] ?? ""),
                ]}
              />
            ) : null;
          })}
        </div>
      ) : null}
      {whole ? (
        <p>
          {words.all}: <strong>{whole.estimate.n.toLocaleString()}</strong>
        </p>
      ) : null}
    </section>
  );
}

function titleOf(choices: { key: string; title: string }[], of: string): string {
  return choices.find((it) => it.key === of || of.endsWith(it.key.replace(/^list:/, "")))?.title ?? of;
}

function selectionOf(key: string): Schemas["AskedSelection"] {
  return key.startsWith("list:") ? { list: key.slice("list:".length) } : { segment: key };
}
