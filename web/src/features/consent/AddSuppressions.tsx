import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { suppressionsText as words } from "../../text/imports";

/** Puts addresses on the list of those that must not be used. */
export function AddSuppressions({ open, onClose }: { open: boolean; onClose: () => void }) {
  const queries = useQueryClient();
  const [typed, setTyped] = useState("");
  const [channel, setChannel] = useState("email");
  const [reason, setReason] = useState("");
  const addresses = typed.split(/[\n,;]+/).flatMap((it) => it.trim() || []);
  const added = useMutation({
    mutationFn: () =>
      must(api.POST("/api/v1/suppressions", { body: { addresses, channel, reason: reason || null } })),
    onSuccess: async () => {
      setTyped("");
      await queries.invalidateQueries({ queryKey: ["suppressions"] });
    },
  });
  return (
    <Dialog title={words.add} open={open} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          added.mutate();
        }}
      >
        <Field label={words.addresses}>
          <textarea required rows={6} value={typed} onChange={(event) => setTyped(event.target.value)} />
        </Field>
        <Field label={words.channel}>
          <select value={channel} onChange={(event) => setChannel(event.target.value)}>
            {["email", "sms", "push"].map((it) => (
              <option key={it} value={it}>
                {it}
              </option>
            ))}
          </select>
        </Field>
        <Field label={words.reason}>
          <input value={reason} onChange={(event) => setReason(event.target.value)} />
        </Field>
        <Failure error={added.error} />
        {added.data ? <Notice look="good" title={words.taken(added.data.taken)} /> : null}
        <div>
          <Button type="submit" look="main" disabled={added.isPending || addresses.length === 0}>
            {words.addNow}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
