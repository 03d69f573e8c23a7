import { type ReactNode, useState } from "react";
import { Link, useLocation } from "wouter";
import { Button } from "../design/Button";
import { Icon } from "../design/Icon";
import { setTheme, type Theme, theme } from "../design/theme";
import { text } from "../text/en";
import "./shell.css";
import { type Person, useSession } from "./session";

const PLACES = [
  ["/", text.nav.overview, "chart"],
  ["/workflows", text.nav.workflows, "branch"],
  ["/contacts", text.nav.contacts, "people"],
  ["/segments", text.nav.segments, "segment"],
  ["/templates", text.nav.templates, "text"],
  ["/messages", text.nav.messages, "mail"],
  ["/reports", text.nav.reports, "report"],
  ["/policies", text.nav.policies, "shield"],
  ["/tasks", text.nav.tasks, "check"],
  ["/start", text.nav.start, "bolt"],
  ["/system", text.nav.system, "pulse"],
  ["/settings", text.nav.settings, "gear"],
] as const;

/** What surrounds every page. */
export function Shell({ person, children }: { person: Person; children: ReactNode }) {
  const [location] = useLocation();
  const [chosen, choose] = useState<Theme>(theme());
  const { signOut } = useSession();
  const isHere = (path: string) => (path === "/" ? location === "/" : location.startsWith(path));
  return (
    <div className="shell">
      <a className="skip" href="#main">
        {text.skip}
      </a>
      <header className="shell-side">
        <Link href="/" className="shell-name">
          {text.product}
        </Link>
        <nav aria-label={text.nav.label}>
          <ul>
            {PLACES.map(([path, label, icon]) => (
              <li key={path}>
                <Link href={path} aria-current={isHere(path) ? "page" : undefined}>
                  <Icon name={icon} /> {label}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
        <div className="shell-person">
          <label>
            <span className="visually-hidden">{text.nav.theme}</span>
            <select
              value={chosen}
              onChange={(event) => {
                const wanted = event.target.value as Theme;
                setTheme(wanted);
                choose(wanted);
              }}
            >
              {Object.entries(text.nav.themes).map(([value, label]) => (
                <option key={value} value={value}>
                  {label}
                </option>
              ))}
            </select>
          </label>
          <span className="small soft" title={person.email}>
            {person.name}
          </span>
          <Button size="small" onClick={() => void signOut()}>
            {text.nav.signOut}
          </Button>
        </div>
      </header>
      <main id="main" tabIndex={-1}>
        {children}
      </main>
    </div>
  );
}
