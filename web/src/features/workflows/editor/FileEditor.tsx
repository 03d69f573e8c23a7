import { autocompletion, completionKeymap } from "@codemirror/autocomplete";
import { defaultKeymap, history, historyKeymap, indentWithTab } from "@codemirror/commands";
import { yaml } from "@codemirror/lang-yaml";
import { type Diagnostic, lintGutter, setDiagnostics } from "@codemirror/lint";
import { Compartment, EditorState, type Extension } from "@codemirror/state";
import { EditorView, keymap, lineNumbers } from "@codemirror/view";
import { useEffect, useRef } from "react";
import type { Schemas } from "../../../api/client";
import type { Proposal } from "../../forms/tools";
import { highlight } from "./highlight";
import type { ContentLanguage } from "./languages";
import { liquidSource } from "./liquidSource";
import "./editor.css";

type Props = {
  label: string;
  text: string;
  diagnostics: Schemas["Diagnostic"][];
  /** Lines to bring into view. */
  lines?: [number, number] | undefined;
  /** What the text is; YAML if nothing is said, as files are. */
  language?: ContentLanguage | "plain";
  /** What can be typed within `{{ }}`. */
  proposals?: readonly Proposal[];
  onChange: (text: string) => void;
};

/** How a text is read and coloured: files at once, contents as soon as their language is there. */
const reading = new Compartment();

async function contentLanguage(name: ContentLanguage): Promise<Extension> {
  const { languageOf } = await import("./languages");
  return languageOf(name);
}

/** A file's text or that of a content, with what the server found in it at the place concerned. */
export function FileEditor({ label, text, diagnostics, lines, language, proposals, onChange }: Props) {
  const place = useRef<HTMLDivElement>(null);
  const view = useRef<EditorView>(null);
  const changed = useRef(onChange);
  changed.current = onChange;
  const proposed = useRef(proposals ?? []);
  proposed.current = proposals ?? [];

  // biome-ignore lint/correctness/useExhaustiveDependencies: the editor is made once; what changes is told to it below
  useEffect(() => {
    if (!place.current) return;
    const made = new EditorView({
      parent: place.current,
      state: EditorState.create({
        doc: text,
        extensions: [
          lineNumbers(),
          history(),
          reading.of(language === undefined ? yaml() : []),
          liquidSource(() => proposed.current),
          autocompletion({ icons: false }),
          highlight,
          lintGutter(),
          EditorView.lineWrapping,
          EditorView.contentAttributes.of({ "aria-label": label }),
          keymap.of([...completionKeymap, ...defaultKeymap, ...historyKeymap, indentWithTab]),
          EditorView.updateListener.of((update) => {
            if (
              update.docChanged &&
              update.transactions.some(
                (it) =>
                  it.isUserEvent("input") ||
                  it.isUserEvent("delete") ||
                  it.isUserEvent("undo") ||
                  it.isUserEvent("redo") ||
                  it.isUserEvent("move"),
              )
            )
              changed.current(update.state.doc.toString());
          }),
        ],
      }),
    });
    view.current = made;
    return () => made.destroy();
  }, []);

  useEffect(() => {
    if (language === undefined || language === "plain") return;
    void contentLanguage(language).then((it) => view.current?.dispatch({ effects: reading.reconfigure(it) }));
  }, [language]);

  useEffect(() => {
    const editor = view.current;
    if (!editor || editor.state.doc.toString() === text) return;
    editor.dispatch({ changes: { from: 0, to: editor.state.doc.length, insert: text } });
  }, [text]);

  useEffect(() => {
    const editor = view.current;
    if (editor)
      editor.dispatch(
        setDiagnostics(
          editor.state,
          diagnostics.flatMap((it) => shown(editor, it)),
        ),
      );
  }, [diagnostics]);

  useEffect(() => {
    const editor = view.current;
    const line = lines?.[0];
    if (!editor || !line || line > editor.state.doc.lines) return;
    const at = editor.state.doc.line(line).from;
    editor.dispatch({ selection: { anchor: at }, effects: EditorView.scrollIntoView(at, { y: "center" }) });
  }, [lines]);

  return <div className="file-editor" ref={place} />;
}

function shown(editor: EditorView, found: Schemas["Diagnostic"]): Diagnostic[] {
  const document = editor.state.doc;
  if (found.line < 1 || found.line > document.lines) return [];
  const line = document.line(found.line);
  const from = Math.min(line.to, line.from + Math.max(0, found.column - 1));
  const message = [found.message, found.why, found.fix].filter(Boolean).join("\n");
  const severity = found.severity === "error" ? "error" : found.severity === "warning" ? "warning" : "info";
  return [{ from, to: Math.max(from, line.to), severity, message }];
}
