import type { CompletionContext, CompletionResult } from "@codemirror/autocomplete";
import { EditorState, type Extension } from "@codemirror/state";
import { completed, completionAt } from "../../forms/liquid";
import type { Proposal } from "../../forms/tools";

/** How many proposals the list of an editor has; it scrolls. */
const LISTED_MAX = 60;

/** Proposes what is known within `{{ }}` and `{% %}`, whatever language is around them. */
export function liquidSource(known: () => readonly Proposal[]): Extension {
  const source = (context: CompletionContext): CompletionResult | null => {
    const text = context.state.doc.toString();
    const found = completionAt(text, context.pos, known(), LISTED_MAX);
    if (!found) return null;
    return {
      from: found.from,
      filter: false,
      options: found.options.map(({ insert, detail }) => ({
        label: insert.trim(),
        detail,
        apply: (view, _, from, to) => {
          const now = view.state.doc.toString();
          const [changed, caret] = completed(now, to, from, insert);
          view.dispatch({
            changes: { from, to, insert: changed.slice(from, changed.length - (now.length - to)) },
            selection: { anchor: caret },
            userEvent: "input.complete",
          });
        },
      })),
    };
  };
  return EditorState.languageData.of(() => [{ autocomplete: source }]);
}
