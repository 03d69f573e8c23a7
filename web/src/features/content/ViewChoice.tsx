import { Link } from "wouter";
import { contentText as words } from "../../text/content";

type View = "content" | "file";

/** The two views of a template: its content, and its file. Both are the same thing. */
export function ViewChoice({ name, view }: { name: string; view: View }) {
  return (
    <nav className="view-choice" aria-label={words.views_label}>
      {(["content", "file"] as const).map((it) => (
        <Link
          key={it}
          href={it === "content" ? `/templates/${name}` : `/templates/${name}?view=${it}`}
          aria-current={it === view ? "page" : undefined}
        >
          {words.views[it]}
        </Link>
      ))}
    </nav>
  );
}
