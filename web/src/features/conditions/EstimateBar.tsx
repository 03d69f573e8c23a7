import type { Schemas } from "../../api/client";

/** A share of all contacts, with the span in which the true share lies. */
export function EstimateBar({ estimate, of }: { estimate: Schemas["Estimate"]; of: number }) {
  const percent = (n: number) => `${of === 0 ? 0 : Math.min(100, (100 * n) / of)}%`;
  return (
    <div className="estimate" aria-hidden="true">
      <span className="estimate-n" style={{ width: percent(estimate.n) }} />
      {estimate.exact ? null : (
        <span
          className="estimate-span"
          style={{ left: percent(estimate.low), width: percent(estimate.high - estimate.low) }}
        />
      )}
    </div>
  );
}
