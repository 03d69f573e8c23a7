import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { segmentsText as words } from "../../text/segments";
import { beginningOf, pathOfSegment } from "./segment";

/** A name made of a title. */
function nameOf(title: string): string {
  return title
    .normalize("NFKD")
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, "-")
    .replace(/^-+|-+$/g, "")
    .slice(0, 60);
}

/** Asks what a new segment is called, and begins a draft of it. */
export function NewSegment({
  open,
  where,
  onClose,
}: {
  open: boolean;
  /** The rule that it begins with, as JSON. */
  where?: string | null;
  onClose: () => void;
}) {
  const [title, setTitle] = useState("");
  const [typed, setTyped] = useState<string | undefined>(undefined);
  const [, go] = useLocation();
  const name = typed ?? nameOf(title);
  const begun = useMutation({
    mutationFn: () =>
      must(
        api.PUT("/api/v1/drafts/{path}", {
          params: { path: { path: pathOfSegment(name) } },
          body: { text: beginningOf(name, title, where ?? undefined), expected_revision: 0 },
        }),
      ),
    onSuccess: () => {
      onClose();
      go(`/segments/${name}`);
    },
  });
  return (
    <Dialog title={words.createTitle} open={open} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          begun.mutate();
        }}
      >
        <Field label={words.titleField} hint={words.titleHint}>
          <input required maxLength={200} value={title} onChange={(event) => setTitle(event.target.value)} />
        </Field>
        <Field label={words.name} hint={words.nameHint}>
          <input
            required
            pattern="[a-z0-9][a-z0-9_\-]*"
            maxLength={60}
            value={name}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <Failure error={begun.error} />
        <div>
          <Button type="submit" look="main" disabled={begun.isPending}>
            {words.begin}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
