import { useMutation } from "@tanstack/react-query";
import { useRef, useState } from "react";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { exportsText as words } from "../../text/exports";
import { useKnown } from "../conditions/useKnown";
import { bytesOf } from "../content/bytes";
import { download } from "./download";
import { addressOf, EXTENSIONS, type Format, type Kind, type Wanted } from "./wanted";
import "./exports.css";

/** Takes contacts, events, messages or decisions out as a file. */
export default function Exports() {
  const known = useKnown();
  const [wanted, setWanted] = useState<Wanted>({
    of: "contacts",
    format: "csv",
    who: "",
    since: "",
    until: "",
    escape: true,
    ids: false,
  });
  const put = (change: Partial<Wanted>) => setWanted({ ...wanted, ...change });
  const [bytes, setBytes] = useState(0);
  const stopping = useRef<AbortController>(undefined);
  const name = `${wanted.of}.${EXTENSIONS[wanted.format]}`;
  const taken = useMutation({
    mutationFn: async () => {
      setBytes(0);
      stopping.current = new AbortController();
      const size = await download(addressOf(wanted), name, setBytes, stopping.current.signal);
      return words.done(name, bytesOf(size));
    },
  });
  const isStopped = taken.error instanceof DOMException && taken.error.name === "AbortError";
  return (
    <div className="stack">
      <div>
        <h1>{words.title}</h1>
        <p className="soft">{words.lead}</p>
      </div>
      <form
        className="card stack export"
        onSubmit={(event) => {
          event.preventDefault();
          taken.mutate();
        }}
      >
        <fieldset className="export-kinds">
          <legend>{words.what}</legend>
          {(Object.keys(words.kinds) as Kind[]).map((it) => (
            <label key={it} className="export-kind" data-chosen={it === wanted.of}>
              <input type="radio" name="of" checked={it === wanted.of} onChange={() => put({ of: it })} />
              <span>
                <strong>{words.kinds[it][0]}</strong>
                <small className="soft">{words.kinds[it][1]}</small>
              </span>
            </label>
          ))}
        </fieldset>
        <div className="export-fields">
          <Field label={words.format}>
            <select value={wanted.format} onChange={(event) => put({ format: event.target.value as Format })}>
              {Object.entries(words.formats).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </Field>
          <Field label={words.who}>
            <select value={wanted.who} onChange={(event) => put({ who: event.target.value })}>
              <option value="">{words.everybody}</option>
              {known.segments.map((it) => (
                <option key={it.name} value={`segment=${it.name}`}>
                  {words.segment(it.title)}
                </option>
              ))}
              {known.lists.map((it) => (
                <option key={it} value={`list=${it}`}>
                  {words.list(it)}
                </option>
              ))}
            </select>
          </Field>
          <Field label={words.since}>
            <input
              type="date"
              value={wanted.since}
              onChange={(event) => put({ since: event.target.value })}
            />
          </Field>
          <Field label={words.until}>
            <input
              type="date"
              value={wanted.until}
              onChange={(event) => put({ until: event.target.value })}
            />
          </Field>
        </div>
        <p className="soft small">{words.days}</p>
        {wanted.format === "csv" ? (
          <label className="export-check">
            <input
              type="checkbox"
              checked={wanted.escape}
              onChange={(event) => put({ escape: event.target.checked })}
            />
            <span>
              {words.formulas} <small className="soft">{words.formulasHint}</small>
            </span>
          </label>
        ) : null}
        {wanted.of === "contacts" ? (
          <label className="export-check">
            <input
              type="checkbox"
              checked={wanted.ids}
              onChange={(event) => put({ ids: event.target.checked })}
            />
            <span>{words.ids}</span>
          </label>
        ) : null}
        <div className="row">
          <Button type="submit" look="main" disabled={taken.isPending}>
            {words.start}
          </Button>
          {taken.isPending ? (
            <>
              <Button onClick={() => stopping.current?.abort()}>{words.stop}</Button>
              <span role="status" className="soft">
                {words.running(bytesOf(bytes))}
              </span>
            </>
          ) : null}
        </div>
        {isStopped ? null : <Failure error={taken.error} />}
        {taken.data ? <Notice look="good" title={taken.data} /> : null}
      </form>
    </div>
  );
}
