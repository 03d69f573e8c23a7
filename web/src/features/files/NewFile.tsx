import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { text } from "../../text/en";

/** The most letters of a name. */
const NAME_MAX = 60;

/** A name made of a title. */
function nameOf(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, NAME_MAX);
}

type Props = {
  title: string;
  /** A title is asked for as well, and the name is proposed from it. */
  titled?: { label: string; hint: string };
  nameHint: string;
  /** Names in this folder of the portfolio. */
  folder: string;
  /** What stands before `.yaml`. */
  suffix?: string;
  beginning: (name: string, title: string) => string;
  open: boolean;
  onClose: () => void;
  /** What else is asked. */
  children?: ReactNode;
};

/** Asks what a new file is called, begins a draft of it, and goes there. */
export function NewFile({
  title,
  titled,
  nameHint,
  folder,
  suffix = "",
  beginning,
  open,
  onClose,
  children,
}: Props) {
  const [spoken, setSpoken] = useState("");
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [, go] = useLocation();
  const name = typed ?? nameOf(spoken);
  const begun = useMutation({
    mutationFn: () =>
      must(
        api.PUT("/api/v1/drafts/{path}", {
          params: { path: { path: `${folder}/${name}${suffix}.yaml` } },
          body: { text: beginning(name, spoken), expected_revision: 0 },
        }),
      ),
    onSuccess: () => {
      onClose();
      go(`/${folder}/${name}`);
    },
  });
  return (
    <Dialog title={title} open={open} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          begun.mutate();
        }}
      >
        {titled ? (
          <Field label={titled.label} hint={titled.hint}>
            <input
              required
              maxLength={200}
              value={spoken}
              onChange={(event) => setSpoken(event.target.value)}
            />
          </Field>
        ) : null}
        <Field label={text.files.name} hint={nameHint}>
          <input
            required
            pattern="[a-z0-9][a-z0-9_\-]*"
            maxLength={NAME_MAX}
            value={name}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        {children}
        <Failure error={begun.error} />
        <div>
          <Button type="submit" look="main" disabled={begun.isPending}>
            {text.files.begin}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
