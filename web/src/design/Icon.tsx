/** Small signs, drawn in the colour of the text beside them; they say nothing that a text doesn't say as well. */
const SHAPES = {
  plus: "M8 3v10M3 8h10",
  close: "M4 4l8 8M12 4l-8 8",
  up: "M8 13V3M4 7l4-4 4 4",
  down: "M8 3v10M4 9l4 4 4-4",
  copy: "M5.5 5.5h8v8h-8zM10.5 5.5v-3h-8v8h3",
  group: "M2.5 2.5h11v11h-11zM5 6h6M5 10h6",
  ungroup: "M2.5 2.5h11v11h-11zM5.5 5.5l5 5M10.5 5.5l-5 5",
  person: "M8 8.5a3 3 0 1 0 0-6 3 3 0 0 0 0 6zM2.5 14a5.5 5.5 0 0 1 11 0",
  people:
    "M6 8a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM1.5 13.5a4.5 4.5 0 0 1 9 0M10.5 3.2a2.5 2.5 0 0 1 0 4.6M11.5 9.6a4.5 4.5 0 0 1 3 3.9",
  bolt: "M9 1.5L3.5 9H8l-1 5.5L12.5 7H8z",
  mail: "M1.5 3.5h13v9h-13zM1.5 4l6.5 5 6.5-5",
  segment: "M8 1.5v6.5h6.5A6.5 6.5 0 1 1 8 1.5zM10.5 1.9a6.5 6.5 0 0 1 3.6 3.6h-3.6z",
  list: "M5.5 4h8M5.5 8h8M5.5 12h8M2.5 4h.01M2.5 8h.01M2.5 12h.01",
  tag: "M2 2.5h5.5L14 9l-5 5-6.5-6.5zM5 5.5h.01",
  check: "M3 8.5l3.5 3.5L13 4.5",
  clock: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM8 4.5V8l2.5 1.5",
  dice: "M2.5 2.5h11v11h-11zM5.5 5.5h.01M10.5 5.5h.01M8 8h.01M5.5 10.5h.01M10.5 10.5h.01",
  input: "M2 8h8M7 5l3 3-3 3M10 2.5h3.5v11H10",
  variable: "M4 2.5C2 5 2 11 4 13.5M12 2.5c2 2.5 2 8.5 0 11M6 6l4 5M10 6l-4 5",
  text: "M5.5 4.5L2 8l3.5 3.5M10.5 4.5L14 8l-3.5 3.5",
  search: "M7 12A5 5 0 1 0 7 2a5 5 0 0 0 0 10zM10.5 10.5L14 14",
  filter: "M2 3h12M4 8h8M6.5 13h3",
  download: "M8 2v8M4.5 7L8 10.5 11.5 7M2.5 13.5h11",
  upload: "M8 11V3M4.5 6L8 2.5 11.5 6M2.5 13.5h11",
  drag: "M6 3.5h.01M10 3.5h.01M6 8h.01M10 8h.01M6 12.5h.01M10 12.5h.01",
  table: "M2 3h12v10H2zM2 6.5h12M6.5 6.5V13",
  chart: "M2 13.5h12M4 11V7M8 11V3M12 11V5.5",
  calendar: "M2.5 3.5h11v10h-11zM2.5 6.5h11M5.5 2v2.5M10.5 2v2.5",
  building: "M3 14V2.5h7V14M10 6.5h3.5V14M1.5 14h13M5.5 5.5h2M5.5 8.5h2M5.5 11.5h2",
  no: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM3.5 3.5l9 9",
  branch: "M8 2v3M8 5H4v3M8 5h4v3M2.5 8h3v3h-3zM10.5 8h3v3h-3zM4 11v3M12 11v3",
  report: "M2 14h12M3.5 11l3-4 3 2 4-6",
  shield: "M8 1.5l5.5 2v4c0 3.5-2.3 5.7-5.5 7-3.2-1.3-5.5-3.5-5.5-7v-4z",
  pulse: "M1 8.5h3l2-5 3.5 9 2-4H15",
  gear: "M8 10.5a2.5 2.5 0 1 0 0-5 2.5 2.5 0 0 0 0 5zM8 1.5v2M8 12.5v2M1.5 8h2M12.5 8h2M3.4 3.4l1.4 1.4M11.2 11.2l1.4 1.4M12.6 3.4l-1.4 1.4M4.8 11.2l-1.4 1.4",
  question: "M8 14.5a6.5 6.5 0 1 0 0-13 6.5 6.5 0 0 0 0 13zM6 6.2a2 2 0 1 1 2.6 2c-.4.2-.6.5-.6 1M8 11.5h.01",
} as const;

export type IconName = keyof typeof SHAPES;

export function Icon({ name }: { name: IconName }) {
  return (
    <svg className="icon" viewBox="0 0 16 16" width="16" height="16" aria-hidden="true" focusable="false">
      <path d={SHAPES[name]} />
    </svg>
  );
}
