import { useMutation, useQueryClient } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { Button } from "../../design/Button";
import { Dialog } from "../../design/Dialog";
import { Failure } from "../../design/Failure";
import { Field } from "../../design/Field";
import { Notice } from "../../design/Notice";
import { accountsText as words } from "../../text/accounts";
import { typedScalar } from "../forms/scalar";

type Props = { account: string; open: boolean; onClose: () => void };

/** Sets one trait of an account, or takes it away. */
export function SetTrait({ account, open, onClose }: Props) {
  const queries = useQueryClient();
  const [name, setName] = useState("");
  const [value, setValue] = useState("");
  const set = useMutation({
    mutationFn: () =>
      must(
        api.PUT("/api/v1/accounts/{account}", {
          params: { path: { account } },
          body: {
            traits: { [name.trim()]: value.trim() === "" ? null : typedScalar(value) },
          } as Schemas["AccountTraits"],
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ["account", account] }),
  });
  return (
    <Dialog title={words.setTitle} lead={words.setLead} open={open} onClose={onClose}>
      <form
        className="stack"
        onSubmit={(event) => {
          event.preventDefault();
          set.mutate();
        }}
      >
        <Field label={words.name}>
          <input required value={name} onChange={(event) => setName(event.target.value)} />
        </Field>
        <Field label={words.value} hint={words.valueHint}>
          <input value={value} onChange={(event) => setValue(event.target.value)} />
        </Field>
        <Failure error={set.error} />
        {set.isSuccess ? <Notice look="good" title={words.queued} /> : null}
        <div>
          <Button type="submit" look="main" disabled={set.isPending}>
            {words.save}
          </Button>
        </div>
      </form>
    </Dialog>
  );
}
