import { text } from "../../text/en";
import { ConnectCard } from "./ConnectCard";
import { ExamplesCard } from "./ExamplesCard";
import { SendingCard } from "./SendingCard";

/** The steps to a first live workflow. */
export default function Start() {
  return (
    <div className="stack">
      <header>
        <h1>{text.start.title}</h1>
        <p className="soft">{text.start.lead}</p>
      </header>
      <ConnectCard />
      <ExamplesCard />
      <SendingCard />
    </div>
  );
}
