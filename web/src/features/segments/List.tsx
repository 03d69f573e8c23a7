import { useQuery } from "@tanstack/react-query";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Loaded } from "../../design/Loaded";
import { segmentsText as words } from "../../text/segments";
import { GrowthTab } from "./GrowthTab";
import { MembersTab } from "./MembersTab";
import "./segments.css";

/** A static list: who is on it, and how that came about. */
export default function List({ name }: { name: string }) {
  const list = useQuery({
    queryKey: ["list", name],
    queryFn: () => must(api.GET("/api/v1/lists/{name}", { params: { path: { name } } })),
  });
  return (
    <div className="stack">
      <p className="small">
        <Link href="/segments">{words.back}</Link>
      </p>
      <Loaded query={list}>
        {(list) => (
          <>
            <div className="row apart">
              <h1>{name}</h1>
              <span className="segment-total">
                <strong>{list.n_contacts.toLocaleString()}</strong> {words.contacts.toLowerCase()}
              </span>
            </div>
            <GrowthTab kind="list" name={name} />
            <MembersTab kind="list" name={name} />
          </>
        )}
      </Loaded>
    </div>
  );
}
