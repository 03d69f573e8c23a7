/** How a number went, small; the number itself stands beside it. */
export function Sparkline({ values }: { values: readonly number[] }) {
  const [width, height] = [96, 26];
  if (values.length < 2) return null;
  const low = Math.min(...values);
  const high = Math.max(...values);
  const points = values.map((value, at) => {
    const x = (at / (values.length - 1)) * (width - 2) + 1;
    const y = high === low ? height / 2 : height - 3 - ((value - low) / (high - low)) * (height - 6);
    return `${x.toFixed(1)},${y.toFixed(1)}`;
  });
  return (
    <svg className="sparkline" width={width} height={height} aria-hidden="true">
      <polyline points={points.join(" ")} fill="none" stroke="var(--chart-1)" strokeWidth="1.5" />
    </svg>
  );
}
