import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { parse } from "yaml";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Code } from "../../design/Code";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import "./firstrun.css";

type Example = { name: string; text: string };

/** What a reader needs to choose an example: its title and its note. */
function headOf(example: Example): { title: string; note: string } {
  const file = parse(example.text) as { title?: string; note?: string } | null;
  return { title: file?.title ?? example.name, note: file?.note ?? "" };
}

/** Adds an example to the portfolio and publishes it; files that are there already stay as they are. */
async function adopt(name: string): Promise<string> {
  const [example, portfolio] = await Promise.all([
    must(api.GET("/api/v1/examples/{name}", { params: { path: { name } } })),
    must(api.GET("/api/v1/portfolio")),
  ]);
  const there = new Set(portfolio.files.map((file: Schemas["SourceFile"]) => file.path));
  const files = [...portfolio.files, ...example.files.filter((file) => !there.has(file.path))];
  await must(api.POST("/api/v1/apply", { body: { files, base: portfolio.revision } }));
  return name;
}

/** Complete workflows to start from. */
export function ExamplesCard() {
  const words = text.start.example;
  const queries = useQueryClient();
  const [looked, look] = useState<Example | null>(null);
  const examples = useQuery({
    queryKey: ["examples"],
    queryFn: () => must(api.GET("/api/v1/examples")),
    staleTime: Number.POSITIVE_INFINITY,
  });
  const added = useMutation({ mutationFn: adopt, onSuccess: () => queries.invalidateQueries() });
  return (
    <section className="card stack" aria-labelledby="examples">
      <h2 id="examples">{words.title}</h2>
      <p className="soft">{words.lead}</p>
      <Failure error={added.error} />
      {added.data ? (
        <Notice look="good" title={words.added(added.data)}>
          <Link href={`/workflows/${added.data}`}>{words.open}</Link>
        </Notice>
      ) : null}
      <Loaded query={examples}>
        {({ examples }) => (
          <ul className="examples">
            {examples.map((example) => {
              const { title, note } = headOf(example);
              return (
                <li key={example.name} className="card stack tight">
                  <h3>{title}</h3>
                  <p className="soft small">{note}</p>
                  <div className="row">
                    <Button
                      size="small"
                      look="main"
                      aria-label={`${words.add}: ${title}`}
                      disabled={added.isPending}
                      onClick={() => added.mutate(example.name)}
                    >
                      {words.add}
                    </Button>
                    <Button size="small" aria-label={`${words.look}: ${title}`} onClick={() => look(example)}>
                      {words.look}
                    </Button>
                  </div>
                </li>
              );
            })}
          </ul>
        )}
      </Loaded>
      <Dialog title={looked?.name ?? ""} open={looked !== null} onClose={() => look(null)}>
        <Code>{looked?.text}</Code>
      </Dialog>
    </section>
  );
}
