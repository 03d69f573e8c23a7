import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { Link, useLocation } from "wouter";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Loaded } from "../../design/Loaded";
import { importsText as words } from "../../text/imports";
import { ImportProgress } from "./ImportProgress";
import { ImportState } from "./ImportState";
import { type Settings, SettingsForm } from "./SettingsForm";
import "./imports.css";

/** How often it is looked at while something is under way. */
const LOOK_EVERY_MS = 1_000;

const MOVING = new Set(["receiving", "checking", "running", "undoing"]);
const BEFORE = new Set(["uploaded", "checked"]);
const AFTER = new Set(["finished", "cancelled"]);

/** One import: where its columns go, how far it is, what became of its rows, and giving it back. */
export default function Import({ id }: { id: string }) {
  const found = useQuery({
    queryKey: ["import", id],
    queryFn: () => must(api.GET("/api/v1/imports/{id}", { params: { path: { id } } })),
    refetchInterval: (query) => (MOVING.has(query.state.data?.state ?? "") ? LOOK_EVERY_MS : false),
  });
  return (
    <div className="stack">
      <p className="small">
        <Link href="/imports">{words.back}</Link>
      </p>
      <Loaded query={found}>{(view) => <Shown key={view.id} view={view} />}</Loaded>
    </div>
  );
}

function Shown({ view }: { view: Schemas["ImportView"] }) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [settings, setSettings] = useState((view.settings ?? view.suggested) as Settings);
  const [asked, ask] = useState<"start" | "undo" | undefined>(undefined);
  const params = { path: { id: view.id } };
  const onSuccess = () => {
    ask(undefined);
    return queries.invalidateQueries();
  };
  const started = useMutation({
    mutationFn: (isDry: boolean) =>
      must(
        api.POST("/api/v1/imports/{id}/start", {
          params,
          body: { settings: settings as never, dry_run: isDry },
        }),
      ),
    onSuccess,
  });
  const cancelled = useMutation({
    mutationFn: () => must(api.POST("/api/v1/imports/{id}/cancel", { params })),
    onSuccess,
  });
  const undone = useMutation({
    mutationFn: () => must(api.POST("/api/v1/imports/{id}/undo", { params })),
    onSuccess,
  });
  const removed = useMutation({
    mutationFn: () => must(api.DELETE("/api/v1/imports/{id}", { params })),
    onSuccess: async () => {
      go("/imports");
      await queries.invalidateQueries({ queryKey: ["imports"] });
    },
  });
  return (
    <>
      <div className="row apart">
        <div className="row">
          <h1>{view.name}</h1>
          <ImportState state={view.state} />
        </div>
        <div className="row">
          {MOVING.has(view.state) ? (
            <Button onClick={() => cancelled.mutate()}>{words.cancel}</Button>
          ) : (
            <Button look="danger" onClick={() => removed.mutate()}>
              {words.remove}
            </Button>
          )}
          {AFTER.has(view.state) ? <Button onClick={() => ask("undo")}>{words.undo}</Button> : null}
          {BEFORE.has(view.state) ? (
            <>
              <Button title={words.dryRunHint} onClick={() => started.mutate(true)}>
                {words.dryRun}
              </Button>
              <Button look="main" onClick={() => ask("start")}>
                {words.start}
              </Button>
            </>
          ) : null}
        </div>
      </div>
      <Failure error={started.error ?? cancelled.error ?? undone.error ?? removed.error} />
      <ul className="soft small">
        <li>
          {[String(view.file.format ?? ""), view.file.encoding, view.file.encoding_why]
            .filter(Boolean)
            .join(" · ")}
        </li>
        {view.file.notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
      {view.progress.rows > 0 || MOVING.has(view.state) ? <ImportProgress view={view} /> : null}
      {BEFORE.has(view.state) ? (
        <SettingsForm id={view.id} columns={view.file.columns} settings={settings} onChange={setSettings} />
      ) : null}
      <Dialog
        title={words.startTitle}
        lead={words.startConsequence}
        open={asked === "start"}
        onClose={() => ask(undefined)}
      >
        <Failure error={started.error} />
        <div>
          <Button look="main" disabled={started.isPending} onClick={() => started.mutate(false)}>
            {words.startNow}
          </Button>
        </div>
      </Dialog>
      <Dialog
        title={words.undoTitle}
        lead={words.undoConsequence}
        open={asked === "undo"}
        onClose={() => ask(undefined)}
      >
        <Failure error={undone.error} />
        <div>
          <Button look="danger" disabled={undone.isPending} onClick={() => undone.mutate()}>
            {words.undoNow}
          </Button>
        </div>
      </Dialog>
    </>
  );
}
