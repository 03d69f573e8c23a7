import { testsText as words } from "../../text/tests";
import { NewFile } from "../files/NewFile";

/** What a new test of a workflow begins with: it holds for a contact to whom nothing happens. */
function beginning(workflow: string, title: string): string {
  return `test: ${JSON.stringify(title)}
contact: { traits: { email: ann@example.com, timezone: Europe/Berlin } }
at: ${new Date().getUTCFullYear()}-01-15T10:00Z
when:
  - { at: +0m, event: Signed Up }
until: +30d
expect:
  - { run: ${workflow} }
`;
}

/** Asks what ought to be true, and begins a test of it. */
export function NewTest({
  workflow,
  open,
  onClose,
}: {
  workflow: string;
  open: boolean;
  onClose: () => void;
}) {
  return (
    <NewFile
      title={words.createTitle}
      titled={{ label: words.titled, hint: words.titledHint }}
      nameHint={words.nameHint}
      folder="tests"
      suffix=".test"
      beginning={(_, title) => beginning(workflow, title)}
      open={open}
      onClose={onClose}
    />
  );
}
