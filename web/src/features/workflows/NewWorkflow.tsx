import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { text } from "../../text/en";
import { pathOf } from "./portfolio";

/** What a new workflow begins with: it compiles, and does nothing yet. */
function beginning(name: string): string {
  return `workflow: ${name}
title: ${name}
trigger: { event: Signed Up }
steps:
  - { id: a-day, wait: 1d }
`;
}

/** Asks for the name of a new workflow and begins a draft of it. */
export function NewWorkflow({ open, onClose }: { open: boolean; onClose: () => void }) {
  const words = text.workflows;
  const [name, setName] = useState("");
  const [, go] = useLocation();
  const begun = useMutation({
    mutationFn: () =>
      must(
        api.PUT("/api/v1/drafts/{path}", {
          params: { path: { path: pathOf(name) } },
          body: { text: beginning(name), expected_revision: 0 },
        }),
      ),
    onSuccess: () => {
      onClose();
      go(`/workflows/${name}`);
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
        <Field label={words.name} hint={words.nameHint}>
          <input
            required
            pattern="[a-z0-9][a-z0-9\-]*"
            maxLength={60}
            value={name}
            onChange={(event) => setName(event.target.value)}
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
