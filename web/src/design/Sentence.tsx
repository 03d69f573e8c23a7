import { Instant } from "./Instant";

const PARTS = /(`[^`]+`|\d{4}-\d{2}-\d{2}T\d{2}:\d{2}:\d{2}(?:\.\d+)?Z)/;

/** A sentence of the server: names in backticks stand out, instants are in the reader's time. */
export function Sentence({ children }: { children: string }) {
  return (
    <>
      {children.split(PARTS).map((part, place) => {
        const key = `${place}:${part}`;
        if (part.startsWith("`")) return <code key={key}>{part.slice(1, -1)}</code>;
        if (place % 2) return <Instant key={key} at={part} />;
        return <span key={key}>{part}</span>;
      })}
    </>
  );
}
