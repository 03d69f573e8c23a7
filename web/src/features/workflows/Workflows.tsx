import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { Link } from "wouter";
import { api, must } from "../../api/client";
import { Button } from "../../design/Button";
import { Empty } from "../../design/Empty";
import { Loaded } from "../../design/Loaded";
import { text } from "../../text/en";
import { NewWorkflow } from "./NewWorkflow";
import { StatusBadge } from "./StatusBadge";

/** All workflows of the portfolio. */
export default function Workflows() {
  const words = text.workflows;
  const [wanted, setWanted] = useState("");
  const [isNew, setNew] = useState(false);
  const workflows = useQuery({ queryKey: ["workflows"], queryFn: () => must(api.GET("/api/v1/workflows")) });
  return (
    <div className="stack">
      <div className="row apart">
        <h1>{words.title}</h1>
        <Button look="main" onClick={() => setNew(true)}>
          {words.create}
        </Button>
      </div>
      <NewWorkflow open={isNew} onClose={() => setNew(false)} />
      <Loaded query={workflows}>
        {({ workflows }) => {
          if (workflows.length === 0) {
            return (
              <Empty title={words.empty} hint={words.emptyHint}>
                <Link className="button main" href="/start">
                  {words.fromExample}
                </Link>
              </Empty>
            );
          }
          const low = wanted.toLowerCase();
          const found = workflows.filter((it) =>
            [it.name, it.title, it.owner ?? "", ...it.tags].join(" ").toLowerCase().includes(low),
          );
          return (
            <>
              <label className="search">
                <span className="visually-hidden">{words.find}</span>
                <input
                  type="search"
                  placeholder={words.find}
                  value={wanted}
                  onChange={(event) => setWanted(event.target.value)}
                />
              </label>
              <div className="scroll">
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{words.column.name}</th>
                      <th scope="col">{words.column.status}</th>
                      <th scope="col" className="number">
                        {words.column.live}
                      </th>
                      <th scope="col" className="number">
                        {words.column.entered}
                      </th>
                      <th scope="col" className="number">
                        {words.column.priority}
                      </th>
                      <th scope="col">{words.column.owner}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {found.map((workflow) => (
                      <tr key={workflow.name}>
                        <td>
                          <Link href={`/workflows/${workflow.name}`}>{workflow.title}</Link>
                          <div className="small soft">
                            {workflow.name} · {words.version(workflow.newest)}
                          </div>
                        </td>
                        <td>
                          <StatusBadge status={workflow.status} />
                        </td>
                        <td className="number">{workflow.live.toLocaleString()}</td>
                        <td className="number">{workflow.entered.toLocaleString()}</td>
                        <td className="number">{workflow.priority}</td>
                        <td>{workflow.owner}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </div>
            </>
          );
        }}
      </Loaded>
    </div>
  );
}
