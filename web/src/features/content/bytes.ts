/** A size, as people say it. */
export function bytesOf(n: number): string {
  const format = new Intl.NumberFormat(undefined, { maximumFractionDigits: 1 });
  return n < 1024 ? `${n} B` : `${format.format(n / 1024)} KB`;
}
