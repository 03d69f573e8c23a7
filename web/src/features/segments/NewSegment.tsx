import { segmentsText as words } from "../../text/segments";
import { NewFile } from "../files/NewFile";
import { beginningOf } from "./segment";

type Props = {
  open: boolean;
  /** The rule that it begins with, as JSON. */
  where?: string | null;
  onClose: () => void;
};

/** Asks what a new segment is called, and begins a draft of it. */
export function NewSegment({ open, where, onClose }: Props) {
  return (
    <NewFile
      title={words.createTitle}
      titled={{ label: words.titleField, hint: words.titleHint }}
      nameHint={words.nameHint}
      folder="segments"
      beginning={(name, title) => beginningOf(name, title, where ?? undefined)}
      open={open}
      onClose={onClose}
    />
  );
}
