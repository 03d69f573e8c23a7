const shown = new Intl.DateTimeFormat(undefined, { dateStyle: "medium", timeStyle: "short" });
const zone = new Intl.DateTimeFormat(undefined, { timeZoneName: "short" });

/** An instant in the reader's local time; the zone and the exact instant stand in its title. */
export function Instant({ at }: { at: string | null | undefined }) {
  if (!at) return null;
  const date = new Date(at);
  const zoneName = zone.formatToParts(date).find((part) => part.type === "timeZoneName")?.value ?? "";
  return (
    <time dateTime={at} title={`${at} · ${zoneName}`}>
      {shown.format(date)}
    </time>
  );
}
