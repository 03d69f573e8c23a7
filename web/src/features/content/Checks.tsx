import { Badge } from "../../design/Badge";
import { Code } from "../../design/Code";
import { contentText as words } from "../../text/content";
import { bytesOf } from "./bytes";
import type { Preview } from "./usePreview";

/** What speaks against a message, where its links lead, its pictures and its plain text. */
export function Checks({ preview }: { preview: Preview }) {
  const { checks, links, images, html_bytes } = preview.inspection;
  const plain = preview.content.text;
  return (
    <section className="stack tight" aria-labelledby="checks">
      <h2 id="checks">{words.checks}</h2>
      {checks.length === 0 ? (
        <p className="soft small">{words.noChecks}</p>
      ) : (
        <ul className="check-list">
          {checks.map((it) => (
            <li key={`${it.code}:${it.part}:${it.message}`} className="check">
              <Badge look={it.severity === "error" ? "bad" : it.severity === "warning" ? "warn" : undefined}>
                {it.title}
              </Badge>
              <span className="small">
                {it.message} <span className="soft">– {it.fix}</span>
              </span>
            </li>
          ))}
        </ul>
      )}
      {html_bytes ? (
        <div className="check-details">
          <span className="soft small">{words.bytes(bytesOf(html_bytes))}</span>
          {links.length ? (
            <details>
              <summary>{words.links(links.length)}</summary>
              <ul className="small">
                {links.map((it, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same link may stand twice
                  <li key={place}>
                    {it.text} <span className="soft">{it.url}</span>
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
          {images.length ? (
            <details>
              <summary>{words.images(images.length)}</summary>
              <ul className="small">
                {images.map((it, place) => (
                  // biome-ignore lint/suspicious/noArrayIndexKey: the same picture may stand twice
                  <li key={place}>
                    {it.alt || <em>{words.noAlt}</em>} <span className="soft">{it.src}</span>
                  </li>
                ))}
              </ul>
            </details>
          ) : null}
          {typeof plain === "string" ? (
            <details>
              <summary>{words.plain}</summary>
              <Code>{plain}</Code>
            </details>
          ) : null}
        </div>
      ) : null}
    </section>
  );
}
