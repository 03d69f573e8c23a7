import { words } from "../../text/flow";
import type { PlayedTest } from "./TestsPane";
import { lookOf, rowsOf } from "./timeline";

type Props = { test: PlayedTest; workflow: string; onStep: (id: string) => void };

/** What happened in a test, in the contact's local time, beside what was expected. */
export function TestTimeline({ test, workflow, onStep }: Props) {
  let before = "";
  return (
    <div className="test-timeline">
      <p className="soft small">
        <code>{test.file}</code> · {words.tests.zone(test.zone)}
      </p>
      {test.trouble ? <p className="is-error small">{test.trouble}</p> : null}
      {test.diagnostics.map((it) => (
        <p key={`${it.line}:${it.message}`} className="is-error small">
          {words.tests.line(it.line)}: {it.message}
        </p>
      ))}
      <ol>
        {rowsOf(test).map(({ key, happened, expected }) => {
          const isNew = happened !== undefined && happened.local !== before;
          if (happened) before = happened.local;
          const step = happened?.place?.workflow === workflow ? happened.place.step : undefined;
          return (
            <li key={key} className={`event ${happened ? lookOf(happened.what) : "missing"}`}>
              {isNew ? (
                <span className="event-at">
                  {happened.local} <span className="soft">{happened.after}</span>
                </span>
              ) : null}
              {happened ? (
                step ? (
                  <button type="button" className="event-what" onClick={() => onStep(step)}>
                    {happened.what}
                  </button>
                ) : (
                  <span className="event-what">{happened.what}</span>
                )
              ) : null}
              {expected.map((it) => (
                <span key={it.line} className={`expected ${it.instead ? "missed" : "met"}`}>
                  {it.instead ? "✗" : "✓"} {words.tests.expected(it.what)}
                  {it.instead ? `, ${words.tests.but(it.instead)}` : ""}{" "}
                  <span className="soft">{words.tests.line(it.line)}</span>
                </span>
              ))}
            </li>
          );
        })}
      </ol>
    </div>
  );
}
