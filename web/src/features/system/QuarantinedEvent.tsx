import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Instant } from "../../design/Instant";
import { Sentence } from "../../design/Sentence";
import { text } from "../../text/en";
import { systemText as words } from "../../text/system";

/** One event that made no sense: its text can be mended, and it can be sent again. */
export function QuarantinedEvent({ quarantined }: { quarantined: Schemas["Quarantined"] }) {
  const { id, at, reason, event, key } = quarantined;
  const queries = useQueryClient();
  const [source, setSource] = useState(JSON.stringify(event, null, 2));
  const [isImported, setImported] = useState(false);
  const [isSure, setSure] = useState(false);
  const mended = read(source);
  const onSuccess = () => {
    void queries.invalidateQueries({ queryKey: ["quarantine"] });
    void queries.invalidateQueries({ queryKey: ["status"] });
  };
  const params = { path: { id } };
  const sent = useMutation({
    mutationFn: () =>
      must(
        api.POST("/api/v1/quarantine/{id}/resend", {
          params,
          body: { event: mended as Record<string, never>, imported: isImported },
        }),
      ),
    onSuccess,
  });
  const dropped = useMutation({
    mutationFn: () => must(api.DELETE("/api/v1/quarantine/{id}", { params })),
    onSuccess,
  });
  return (
    <li className="card">
      <details>
        <summary className="quarantined">
          <strong>
            <Sentence>{reason}</Sentence>
          </strong>
          <span className="soft small">
            <Instant at={at} /> · {words.key} {key}
          </span>
        </summary>
        <div className="stack tight quarantined-body">
          <Field label={words.event}>
            <textarea
              className="quarantined-text"
              spellCheck={false}
              rows={Math.min(16, source.split("\n").length + 1)}
              value={source}
              onChange={(change) => setSource(change.target.value)}
            />
          </Field>
          {mended ? null : <p className="condition-missing small">{words.notJson}</p>}
          <label className="small">
            <input
              type="checkbox"
              checked={isImported}
              onChange={(change) => setImported(change.target.checked)}
            />{" "}
            {words.imported}
          </label>
          <Failure error={sent.error ?? dropped.error} />
          <div className="row">
            <Button
              look="main"
              size="small"
              disabled={!mended || sent.isPending}
              onClick={() => sent.mutate()}
            >
              {source === JSON.stringify(event, null, 2) ? words.send : words.mend}
            </Button>
            {isSure ? (
              <>
                <span className="small">
                  {words.sure} {words.dropHint}
                </span>
                <Button look="danger" size="small" onClick={() => dropped.mutate()}>
                  {words.drop}
                </Button>
                <Button size="small" onClick={() => setSure(false)}>
                  {text.cancel}
                </Button>
              </>
            ) : (
              <Button look="danger" size="small" onClick={() => setSure(true)}>
                {words.drop}
              </Button>
            )}
          </div>
        </div>
      </details>
    </li>
  );
}

function read(source: string): object | undefined {
  try {
    const value: unknown = JSON.parse(source);
    return typeof value === "object" && value !== null ? value : undefined;
  } catch {
    return undefined;
  }
}
