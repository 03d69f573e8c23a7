import type { Schemas } from "../../api/client";
import { text } from "../../text/en";

/** Who is where, version by version, and what was counted. */
export function LiveTab({ workflow }: { workflow: Schemas["WorkflowView"] }) {
  const words = text.workflows;
  return (
    <div className="stack">
      {workflow.versions.toReversed().map((version) => (
        <section key={version.version} className="stack tight">
          <h2>
            {words.version(version.version)} <span className="soft small">{words.here(version.live)}</span>
          </h2>
          <div className="scroll">
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{words.step}</th>
                  <th scope="col" className="number">
                    {words.column.live}
                  </th>
                  <th scope="col" className="number">
                    {words.column.entered}
                  </th>
                </tr>
              </thead>
              <tbody>
                {version.steps.map((step) => (
                  <tr key={step.id}>
                    <td>
                      <code>{step.id}</code>
                    </td>
                    <td className="number">{step.here.toLocaleString()}</td>
                    <td className="number">{step.taken.toLocaleString()}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          </div>
        </section>
      ))}
      <section className="stack tight">
        <h2>{words.counted}</h2>
        <dl className="facts card">
          {Object.entries(workflow.counted).map(([name, n]) => (
            <div key={name} className="facts-row">
              <dt>{name.replaceAll("_", " ")}</dt>
              <dd>{n.toLocaleString()}</dd>
            </div>
          ))}
        </dl>
      </section>
    </div>
  );
}
