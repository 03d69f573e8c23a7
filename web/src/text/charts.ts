/** What every chart shows. */
export const chartsText = {
  table: "Table",
  chart: "Chart",
  csv: "CSV",
  png: "PNG",
  csvHint: "Download the numbers as CSV",
  pngHint: "Download the picture as PNG",
  shown: "Shown",
  day: "Day",
  total: "Total",
  nothing: "Nothing to show for this time yet.",
  keys: "Arrow keys go from day to day.",
} as const;
