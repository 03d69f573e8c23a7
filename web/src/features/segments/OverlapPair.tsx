import type { Schemas } from "../../api/client";
import { segmentsText as words } from "../../text/segments";

const percent = new Intl.NumberFormat(undefined, { style: "percent", maximumFractionDigits: 0 });

const [WIDTH, HEIGHT] = [280, 150];
/** The radius of the larger circle. */
const RADIUS = 58;

type Props = {
  mine: Schemas["SetView"];
  other: Schemas["SetView"];
  both: Schemas["SetView"];
  titles: [string, string];
};

/** Two circles as large as what they stand for, as far over each other as their members are the same. */
export function OverlapPair({ mine, other, both, titles }: Props) {
  const [a, b, n] = [mine.estimate.n, other.estimate.n, both.estimate.n];
  const largest = Math.max(a, b, 1);
  const [ra, rb] = [RADIUS * Math.sqrt(a / largest), RADIUS * Math.sqrt(b / largest)];
  const distance = distanceOf(ra, rb, Math.min(a, b) === 0 ? 0 : n / Math.min(a, b), a, b);
  const left = (WIDTH - (ra + distance + rb)) / 2 + ra;
  const share = (whole: number) => percent.format(whole === 0 ? 0 : n / whole);
  return (
    <figure className="card overlap-pair">
      <svg viewBox={`0 0 ${WIDTH} ${HEIGHT}`} aria-hidden="true">
        <circle
          cx={left}
          cy={HEIGHT / 2}
          r={ra}
          fill="var(--chart-1)"
          fillOpacity="0.35"
          stroke="var(--chart-1)"
        />
        <circle
          cx={left + distance}
          cy={HEIGHT / 2}
          r={rb}
          fill="var(--chart-2)"
          fillOpacity="0.35"
          stroke="var(--chart-2)"
        />
      </svg>
      <figcaption className="stack tight small">
        <span className="overlap-line">
          <span>
            <span className="legend-sign" style={{ background: "var(--chart-1)" }} /> {titles[0]}
          </span>
          <b>{a.toLocaleString()}</b>
        </span>
        <span className="overlap-line">
          <span>
            <span className="legend-sign" style={{ background: "var(--chart-2)" }} /> {titles[1]}
          </span>
          <b>{b.toLocaleString()}</b>
        </span>
        <span>
          <strong>{n.toLocaleString()}</strong> {words.overlapOf}
        </span>
        <span className="soft">{words.overlapShare(share(a), share(b))}</span>
      </figcaption>
    </figure>
  );
}

/** How far apart the centres are, so that the common part is that share of the smaller circle. */
function distanceOf(ra: number, rb: number, share: number, a: number, b: number): number {
  if (a === 0 || b === 0) return ra + rb + 8;
  const wanted = share * Math.PI * Math.min(ra, rb) ** 2;
  let [near, far] = [Math.abs(ra - rb), ra + rb];
  for (let step = 0; step < 30; step += 1) {
    const middle = (near + far) / 2;
    if (lens(ra, rb, middle) > wanted) near = middle;
    else far = middle;
  }
  return (near + far) / 2;
}

function lens(r: number, s: number, d: number): number {
  if (d >= r + s) return 0;
  if (d <= Math.abs(r - s)) return Math.PI * Math.min(r, s) ** 2;
  const x = (d * d + r * r - s * s) / (2 * d);
  const part = (radius: number, offset: number) =>
    radius * radius * Math.acos(offset / radius) -
    offset * Math.sqrt(Math.max(0, radius * radius - offset * offset));
  return part(r, x) + part(s, d - x);
}
