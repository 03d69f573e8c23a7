import { Link } from "wouter";

/** One number with what it means; a link if there is more to see. */
export function Figure({ label, value, to }: { label: string; value: number; to?: string }) {
  const number = <strong>{value.toLocaleString()}</strong>;
  return (
    <div className="figure">
      <span className="soft small">{label}</span>
      {to ? <Link href={to}>{number}</Link> : number}
    </div>
  );
}
