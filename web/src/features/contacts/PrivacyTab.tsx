import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { api, must, type Schemas } from "../../api/client";
import { useWho } from "../../app/session";
import { Button } from "../../design/Button";
import { Failure } from "../../design/Failure";
import { Icon } from "../../design/Icon";
import { Notice } from "../../design/Notice";
import { contactsText as words } from "../../text/contacts";
import { save } from "../exports/download";
import { EraseContact } from "./EraseContact";

/** Everything about somebody, for that person: to take along, and to be erased. */
export function PrivacyTab({ contact, name }: { contact: Schemas["ContactView"]; name: string }) {
  const who = useWho();
  const [isErasing, setErasing] = useState(false);
  const isAdmin = who.data?.person?.scope === "admin";
  const archived = useMutation({
    mutationFn: async () => {
      const archive = await wholeArchive(contact.id);
      save(new Blob([JSON.stringify(archive, null, 2)], { type: "application/json" }), `${contact.id}.json`);
      return words.archived(archive.history.length, archive.messages.length);
    },
  });
  return (
    <div className="stack">
      <section className="card stack tight" aria-labelledby="archive">
        <h2 id="archive">{words.archive}</h2>
        <p className="soft small">{words.archiveLead}</p>
        <Failure error={archived.error} />
        {archived.data ? <Notice look="good" title={archived.data} /> : null}
        <div>
          <Button disabled={archived.isPending} onClick={() => archived.mutate()}>
            <Icon name="download" /> {words.archiveNow}
          </Button>
        </div>
      </section>
      <section className="card stack tight" aria-labelledby="erase">
        <h2 id="erase">{words.erase}</h2>
        <p className="soft small">{words.eraseLead}</p>
        {isAdmin ? null : <p className="small">{words.eraseAdmin}</p>}
        <div>
          <Button look="danger" disabled={!isAdmin} onClick={() => setErasing(true)}>
            {words.eraseOpen}
          </Button>
        </div>
      </section>
      {isErasing ? <EraseContact id={contact.id} name={name} onClose={() => setErasing(false)} /> : null}
    </div>
  );
}

/** All pages of an archive as one. */
async function wholeArchive(reference: string): Promise<Schemas["Archive"]> {
  const page = (after?: number) =>
    must(
      api.GET("/api/v1/contacts/{reference}/archive", {
        params: { path: { reference }, query: after === undefined ? {} : { after } },
      }),
    );
  const archive = await page();
  let next = archive.next;
  while (next !== null && next !== undefined) {
    const more = await page(next);
    archive.history.push(...more.history);
    next = more.next;
  }
  return { ...archive, next: null };
}
