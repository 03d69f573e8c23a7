/** What the page of a scenario test shows. */
export const testsText = {
  back: "Workflows",
  create: "Write a test",
  createTitle: "A new test",
  titled: "What ought to be true",
  titledHint: "A sentence: “a customer who buys in time gets nothing”.",
  nameHint: "The name of its file: letters, digits, dashes.",
  edit: "Edit this test",
  lead: "Who the contact is, what happens when, and what must come of it. It is played as you write, in virtual time; nothing is sent.",
  drafts: (n: number) =>
    n === 1 ? "Played with 1 draft of another file." : `Played with ${n} drafts of other files.`,
  verdicts: { passed: "passes", failed: "fails", unreadable: "can’t be read" } as Record<string, string>,
  playing: "Playing …",
  nothing: "It is played when the files have no errors.",
  publishConsequence:
    "A test changes nothing that runs. It is played with every publication of the portfolio.",
} as const;
