import { Link } from "wouter";
import { systemText as words } from "../../text/system";
import { AuditTab } from "./AuditTab";
import { HealthTab } from "./HealthTab";
import { JobsTab } from "./JobsTab";
import { QuarantineTab } from "./QuarantineTab";
import { StuckTab } from "./StuckTab";
import "./system.css";

type Tab = keyof typeof words.tabs;

/** How the installation is doing, and what needs a person: quarantine, stuck inputs, long work. */
export default function System({ tab }: { tab: string }) {
  const shown: Tab = tab in words.tabs ? (tab as Tab) : "health";
  return (
    <div className="stack">
      <h1>{words.title}</h1>
      <nav className="tabs" aria-label={words.title}>
        {(Object.keys(words.tabs) as Tab[]).map((it) => (
          <Link
            key={it}
            href={it === "health" ? "/system" : `/system/${it}`}
            aria-current={it === shown ? "page" : undefined}
          >
            {words.tabs[it]}
          </Link>
        ))}
      </nav>
      {shown === "health" ? <HealthTab /> : null}
      {shown === "quarantine" ? <QuarantineTab /> : null}
      {shown === "stuck" ? <StuckTab /> : null}
      {shown === "jobs" ? <JobsTab /> : null}
      {shown === "audit" ? <AuditTab /> : null}
    </div>
  );
}
