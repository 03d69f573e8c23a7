import { useState } from "react";
import { contentText as words } from "../../text/content";
import { NewFile } from "../files/NewFile";
import { beginningOf, copyOf, type NewKind } from "./template";

type Props = {
  open: boolean;
  onClose: () => void;
  /** What it is a copy of. */
  of?: { name: string; text: string };
};

/** Asks what a new template is called and made of, and begins a draft of it. */
export function NewTemplate({ open, onClose, of }: Props) {
  const [kind, setKind] = useState<NewKind>("blocks");
  return (
    <NewFile
      title={of ? words.copyTitle(of.name) : words.createTitle}
      nameHint={words.nameHint}
      folder="templates"
      beginning={(name) => (of ? copyOf(of.text, name) : beginningOf(name, kind))}
      open={open}
      onClose={onClose}
    >
      {of ? null : (
        <fieldset className="made-of">
          <legend>{words.kind}</legend>
          {(Object.keys(words.kinds) as NewKind[]).map((it) => (
            <label key={it} className="kind" data-chosen={it === kind}>
              <input type="radio" name="kind" checked={it === kind} onChange={() => setKind(it)} />
              <span>
                <strong>{words.kinds[it][0]}</strong>
                <small className="soft">{words.kinds[it][1]}</small>
              </span>
            </label>
          ))}
        </fieldset>
      )}
    </NewFile>
  );
}
