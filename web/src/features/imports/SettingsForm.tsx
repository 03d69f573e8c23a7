import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";
import { Failure } from "../../design/Failure";
import { Notice } from "../../design/Notice";
import { useRested } from "../../design/useRested";
import { importsText as words } from "../../text/imports";
import { MappingTable } from "./MappingTable";
import { RowsPreview } from "./RowsPreview";

export type Settings = {
  columns: Record<string, string>;
  duplicates?: string;
  empty?: string;
  list?: string;
  tag?: string;
};

export type Fault = { column?: string; reason: string; fix: string };

type Props = {
  id: string;
  columns: readonly string[];
  settings: Settings;
  onChange: (settings: Settings) => void;
};

/** How long nobody must have changed anything before the server is asked. */
const REST_MS = 300;

/** How a file is imported, with what its first rows would become. */
export function SettingsForm({ id, columns, settings, onChange }: Props) {
  const asText = useRested(JSON.stringify(settings), REST_MS);
  const preview = useQuery({
    queryKey: ["import-preview", id, asText],
    queryFn: () =>
      must(
        api.POST("/api/v1/imports/{id}/preview", {
          params: { path: { id } },
          body: JSON.parse(asText) as Record<string, never>,
        }),
      ),
    placeholderData: (before) => before,
  });
  const faults = (preview.data?.faults ?? []) as unknown as Fault[];
  const put = (key: keyof Settings, value: string) => {
    const { [key]: _, ...others } = settings;
    onChange((value ? { ...others, [key]: value } : others) as Settings);
  };
  return (
    <>
      <section className="card stack tight" aria-labelledby="columns">
        <div>
          <h2 id="columns">{words.columns}</h2>
          <p className="soft small">{words.columnsLead}</p>
        </div>
        <MappingTable
          columns={columns}
          mapping={settings.columns}
          seen={(preview.data?.columns ?? []) as never}
          onChange={(mapping) => onChange({ ...settings, columns: mapping })}
        />
        <div className="row">
          <label className="row">
            <span className="soft">{words.duplicates}</span>
            <select
              className="input"
              value={settings.duplicates ?? "update"}
              onChange={(event) => put("duplicates", event.target.value)}
            >
              {Object.entries(words.duplicatesChoices).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <label className="row">
            <span className="soft">{words.emptyCells}</span>
            <select
              className="input"
              value={settings.empty ?? "keep"}
              onChange={(event) => put("empty", event.target.value)}
            >
              {Object.entries(words.emptyChoices).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          {(["list", "tag"] as const).map((what) => (
            <label key={what} className="row">
              <span className="soft">{words[what]}</span>
              <input
                className="input"
                value={settings[what] ?? ""}
                onChange={(event) => put(what, event.target.value)}
              />
            </label>
          ))}
        </div>
      </section>
      <Failure error={preview.error} />
      {faults.length ? (
        <Notice look="bad" title={words.faults}>
          <ul className="stack tight small">
            {faults.map((fault) => (
              <li key={`${fault.column}:${fault.reason}`}>
                {fault.column ? <code>{fault.column}</code> : null} {fault.reason}{" "}
                <span className="soft">– {fault.fix}</span>
              </li>
            ))}
          </ul>
        </Notice>
      ) : null}
      {preview.data ? <RowsPreview rows={preview.data.rows as never} /> : null}
    </>
  );
}
