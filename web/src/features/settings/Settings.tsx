import { useWho } from "../../app/session";
import { Notice } from "../../design/Notice";
import { text } from "../../text/en";
import { Keys } from "./Keys";
import { Team } from "./Team";

/** Who may do what. */
export default function Settings() {
  const who = useWho();
  const mayAdminister = who.data?.person?.scope === "admin";
  return (
    <div className="stack">
      <h1>{text.settings.title}</h1>
      {mayAdminister ? (
        <>
          <Team />
          <Keys />
        </>
      ) : (
        <Notice title={text.settings.needsAdmin} />
      )}
    </div>
  );
}
