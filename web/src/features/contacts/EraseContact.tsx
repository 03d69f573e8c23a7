import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { useLocation } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { contactsText as words } from "../../text/contacts";
import { text } from "../../text/en";

type Props = { id: string; name: string; onClose: () => void };

/** Says what goes for good, asks for the word and the reason, and erases. */
export function EraseContact({ id, name, onClose }: Props) {
  const queries = useQueryClient();
  const [, go] = useLocation();
  const [reason, setReason] = useState("");
  const [typed, setTyped] = useState("");
  const erased = useMutation({
    mutationFn: () =>
      must(
        api.POST("/api/v1/contacts/{reference}/erase", {
          params: { path: { reference: id } },
          body: { reason },
        }),
      ),
    onSuccess: async () => {
      go("/contacts");
      queries.removeQueries({ queryKey: ["contact"] });
      await queries.invalidateQueries();
    },
  });
  return (
    <Dialog title={words.eraseTitle(name)} open onClose={onClose}>
      <ul className="stack tight consequences">
        {words.eraseConsequences.map((it) => (
          <li key={it}>{it}</li>
        ))}
      </ul>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          erased.mutate();
        }}
      >
        <Field label={text.reason} hint={words.eraseReason}>
          <input required value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Field label={words.eraseWord(words.eraseTyped)}>
          <input
            required
            autoComplete="off"
            value={typed}
            onChange={(event) => setTyped(event.target.value)}
          />
        </Field>
        <Failure error={erased.error} />
        <div>
          <Button
            type="submit"
            look="danger"
            disabled={erased.isPending || typed.trim() !== words.eraseTyped || !reason.trim()}
          >
            {words.eraseNow}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
