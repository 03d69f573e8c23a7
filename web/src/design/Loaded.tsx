import type { UseQueryResult } from "@tanstack/react-query";
import type { ReactNode } from "react";
import { text } from "../text/en";
import { Button } from "./Button";
import { Failure } from "./Failure";

/** What a query answered; until then that it is loading, and if it failed, why. */
export function Loaded<T>({
  query,
  children,
}: {
  query: UseQueryResult<T>;
  children: (data: T) => ReactNode;
}) {
  if (query.data !== undefined) return <>{children(query.data)}</>;
  if (query.error) {
    return (
      <div className="stack">
        <Failure error={query.error} />
        <div>
          <Button onClick={() => void query.refetch()}>{text.retry}</Button>
        </div>
      </div>
    );
  }
  return (
    <p className="soft" role="status">
      {text.loading}
    </p>
  );
}
