import { useState } from "react";
import { useLocation } from "wouter";
import { Button } from "../../design/Button";
import { Field } from "../../design/Field";
import { text } from "../../text/en";

/** Opens a contact by any of its ids. */
export default function Contacts() {
  const words = text.contacts;
  const [reference, setReference] = useState("");
  const [, go] = useLocation();
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <form
        className="card stack"
        onSubmit={(event) => {
          event.preventDefault();
          if (reference.trim()) go(`/contacts/${encodeURIComponent(reference.trim())}`);
        }}
      >
        <Field label={words.find} hint={words.hint}>
          <input required value={reference} onChange={(event) => setReference(event.target.value)} />
        </Field>
        <div>
          <Button type="submit" look="main">
            {words.open}
          </Button>
        </div>
      </form>
    </div>
  );
}
