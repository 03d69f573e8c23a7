import { Code } from "../../design/Code";
import { text } from "../../text/en";

/** What was rendered. A mail's HTML stands in a frame that may do nothing at all. */
export function Content({ content }: { content: Record<string, unknown> }) {
  const words = text.messages;
  const found = textsOf(content);
  return (
    <section className="stack" aria-labelledby="content">
      <h2 id="content">{words.content}</h2>
      {found.html ? <iframe className="mail" title={words.html} sandbox="" srcDoc={found.html} /> : null}
      {found.others.map(([name, value]) => (
        <div key={name} className="stack tight">
          <h3>{name.replaceAll("_", " ")}</h3>
          <Code>{value}</Code>
        </div>
      ))}
    </section>
  );
}

/** The HTML part, and everything else as text. */
function textsOf(content: Record<string, unknown>): { html: string | undefined; others: [string, string][] } {
  const inner = Object.values(content).find((it) => typeof it === "object" && it !== null && "html" in it);
  const parts = (inner ?? content) as Record<string, unknown>;
  const html = typeof parts.html === "string" ? parts.html : undefined;
  const others = Object.entries(parts)
    .filter(([name, value]) => name !== "html" && value !== null && value !== undefined)
    .map(([name, value]): [string, string] => [
      name,
      typeof value === "string" ? value : JSON.stringify(value, null, 2),
    ]);
  return { html, others };
}
