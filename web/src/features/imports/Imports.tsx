import { useMutation, useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Failure } from "../../design/Failure";
import { Icon } from "../../design/Icon";
import { Instant } from "../../design/Instant";
import { Loaded } from "../../design/Loaded";
import { importsText as words } from "../../text/imports";
import { ImportState } from "./ImportState";
import { upload } from "./upload";
import "./imports.css";

/** How often the list is looked at. */
const LOOK_EVERY_MS = 3_000;

const share = new Intl.NumberFormat(undefined, { style: "percent" });

/** The files that were imported, and a place to drop another. */
export default function Imports() {
  const [, go] = useLocation();
  const [progress, setProgress] = useState(0);
  const [isOver, setOver] = useState(false);
  const imports = useQuery({
    queryKey: ["imports"],
    queryFn: () => must(api.GET("/api/v1/imports")),
    refetchInterval: LOOK_EVERY_MS,
  });
  const uploaded = useMutation({
    mutationFn: (file: File) => upload(file, setProgress),
    onSuccess: (view) => go(`/imports/${view.id}`),
  });
  const take = (files: FileList | null) => {
    const file = files?.[0];
    if (file) uploaded.mutate(file);
  };
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.lead}</p>
      </div>
      <label
        className="drop-zone"
        data-over={isOver}
        onDragOver={(event) => {
          event.preventDefault();
          setOver(true);
        }}
        onDragLeave={() => setOver(false)}
        onDrop={(event) => {
          event.preventDefault();
          setOver(false);
          take(event.dataTransfer.files);
        }}
      >
        <Icon name="upload" />
        <strong>{uploaded.isPending ? words.uploading(share.format(progress)) : words.drop}</strong>
        <span className="soft small">{words.limits}</span>
        <input
          type="file"
          className="visually-hidden"
          accept=".csv,.tsv,.txt,.jsonl,.ndjson,text/csv"
          disabled={uploaded.isPending}
          onChange={(event) => take(event.target.files)}
        />
        {uploaded.isPending ? <progress max={1} value={progress} /> : null}
      </label>
      <Failure error={uploaded.error} />
      <Loaded query={imports}>
        {({ imports }) =>
          imports.length === 0 ? (
            <p className="soft">{words.empty}</p>
          ) : (
            <ul className="import-rows">
              {imports.map((it) => (
                <li key={it.id} className="import-row">
                  <Link href={`/imports/${it.id}`} className="import-name">
                    {it.name}
                  </Link>
                  <ImportState state={it.state} />
                  <span className="soft small">
                    {it.progress.rows.toLocaleString()} {words.rows}
                  </span>
                  <span className="soft small">
                    {it.by} · <Instant at={it.created_at} />
                  </span>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </div>
  );
}
