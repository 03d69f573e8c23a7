import { expect, it } from "vitest";
import { beginningOf, contentOf, foundWithin, templateIn, withPart } from "./template";

const TEXT = `# For newcomers.
template: welcome
channel: email
subject: "Hello" # short
html: |
  <p>One</p>
  <p>Two</p>
locales:
  de: { subject: Hallo }
`;

it("changes one part and keeps comments and everything else", () => {
  const changed = withPart(TEXT, undefined, "html", "<p>One</p>\n<p>Three</p>\n");
  expect(changed).toBe(TEXT.replace("Two", "Three"));
  expect(withPart(TEXT, "de", "subject", "Servus")).toBe(TEXT.replace("Hallo", "Servus"));
});

it("gives a language that wasn't there the part that is changed", () => {
  const changed = withPart(TEXT, "fr", "subject", "Salut");
  expect(templateIn(changed)?.locales).toEqual(["de", "fr"]);
  expect(templateIn(changed)?.partsOf("fr")).toEqual({ subject: "Salut" });
});

it("says what was found at the line of the part itself", () => {
  const found = { severity: "error", code: "E0501", file: "f", line: 7, column: 5, message: "m" };
  const html = "<p>One</p>\n<p>Two</p>\n";
  expect(foundWithin(TEXT, ["html"], html, [found])).toEqual([{ ...found, line: 2, column: 3 }]);
  expect(foundWithin(TEXT, ["html"], html, [{ ...found, line: 4 }])).toEqual([]);
  expect(foundWithin(TEXT, ["subject"], "Hello", [{ ...found, line: 4, column: 11 }])).toEqual([
    { ...found, line: 1, column: 2 },
  ]);
});

it("begins templates of every kind as YAML with one content", () => {
  for (const kind of ["blocks", "markdown", "html", "mjml"] as const) {
    const begun = templateIn(beginningOf("hello", kind));
    expect(begun?.name).toBe("hello");
    expect(begun && contentOf(begun.partsOf(undefined))).toBe(kind);
  }
  expect(templateIn(beginningOf("hello", "sms"))?.channel).toBe("sms");
});
