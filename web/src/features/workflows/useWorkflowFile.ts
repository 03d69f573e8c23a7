/** One workflow's file while somebody works on it: what is published, the draft of it, and every state since. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useMemo, useRef, useState } from "react";
import { api, must, Refusal, type Schemas } from "../../api/client";
import { fileOf, pathOf, withFile } from "./portfolio";

/** How long after the last change a draft is saved and checked. */
const REST_MS = 500;

/** The most states that can be gone back to. */
const STATES_MAX = 200;

type Draft = { text: string; revision: number };

export type WorkflowFile = {
  path: string;
  /** The text as it stands now. */
  text: string;
  published: string | undefined;
  isChanged: boolean;
  /** Everything that the server finds in the portfolio with this text in it. */
  diagnostics: Schemas["Diagnostic"][];
  isChecking: boolean;
  /** Why the draft could not be saved or checked. */
  error: unknown;
  portfolio: Schemas["PortfolioView"];
  change: (text: string) => void;
  undo: (() => void) | undefined;
  redo: (() => void) | undefined;
  /** Throws the draft away. */
  discard: () => Promise<void>;
  /** After a publication: the draft is what is published now. */
  settle: () => Promise<void>;
};

/** Loads what there is of a workflow. */
export function useWorkflowStart(name: string) {
  return useQuery({
    queryKey: ["file", name],
    queryFn: async () => {
      const portfolio = await must(api.GET("/api/v1/portfolio"));
      const file = fileOf(portfolio.files, name);
      const path = file?.path ?? pathOf(name);
      const draft = await must(api.GET("/api/v1/drafts/{path}", { params: { path: { path } } })).catch(
        (error: unknown) => {
          if (error instanceof Refusal && error.status === 404) return undefined;
          throw error;
        },
      );
      return { portfolio, path, published: file?.text, draft };
    },
    staleTime: Number.POSITIVE_INFINITY,
    gcTime: 0,
  });
}

type Start = NonNullable<ReturnType<typeof useWorkflowStart>["data"]>;

export function useWorkflowFile(name: string, start: Start): WorkflowFile {
  const { portfolio, path, published } = start;
  const queries = useQueryClient();
  const [states, setStates] = useState([start.draft?.text ?? published ?? ""]);
  const [at, setAt] = useState(0);
  const text = states[at] ?? "";
  const saved = useRef<Draft>({ text, revision: start.draft?.revision ?? 0 });
  const working = useRef(Promise.resolve());
  const [diagnostics, setDiagnostics] = useState<Schemas["Diagnostic"][]>([]);
  const [isChecking, setChecking] = useState(true);
  const [error, setError] = useState<unknown>(undefined);

  const change = useCallback(
    (next: string) => {
      setStates((states) => [...states.slice(0, at + 1), next].slice(-STATES_MAX));
      setAt(Math.min(at + 1, STATES_MAX - 1));
    },
    [at],
  );

  const save = useCallback(
    async (text: string) => {
      if (text === saved.current.text) return;
      const body = { text, expected_revision: saved.current.revision, base_revision: portfolio.revision };
      const { revision } = await must(api.PUT("/api/v1/drafts/{path}", { params: { path: { path } }, body }));
      saved.current = { text, revision };
    },
    [path, portfolio],
  );

  // Whoever leaves the page right after a change keeps it.
  const latest = useRef<string | undefined>(text);
  latest.current = latest.current === undefined ? undefined : text;
  useEffect(
    () => () => {
      const last = latest.current;
      if (last !== undefined) working.current = working.current.then(() => save(last)).catch(() => {});
    },
    [save],
  );

  useEffect(() => {
    let isOver = false;
    setChecking(true);
    const work = async () => {
      if (isOver) return;
      try {
        await save(text);
        const plan = await must(
          api.POST("/api/v1/plan", { body: { files: withFile(portfolio.files, path, text) } }),
        );
        if (isOver) return;
        setDiagnostics(plan.diagnostics);
        setError(undefined);
      } catch (error) {
        if (!isOver) setError(error);
      } finally {
        if (!isOver) setChecking(false);
      }
    };
    // One after the other: each save says on top of which revision it stands.
    const rest = setTimeout(() => {
      working.current = working.current.then(work);
    }, REST_MS);
    return () => {
      isOver = true;
      clearTimeout(rest);
    };
  }, [text, path, portfolio, save]);

  const reload = useCallback(async () => {
    await queries.invalidateQueries();
    await queries.resetQueries({ queryKey: ["file", name] });
  }, [queries, name]);

  const remove = useCallback(async () => {
    await working.current;
    latest.current = undefined;
    const { revision } = saved.current;
    if (revision > 0) {
      const params = { path: { path }, query: { revision } };
      await must(api.DELETE("/api/v1/drafts/{path}", { params }));
    }
    await reload();
  }, [path, reload]);

  return useMemo(
    () => ({
      path,
      text,
      published,
      isChanged: text !== published,
      diagnostics,
      isChecking,
      error,
      portfolio,
      change,
      undo: at > 0 ? () => setAt(at - 1) : undefined,
      redo: at < states.length - 1 ? () => setAt(at + 1) : undefined,
      discard: remove,
      settle: remove,
    }),
    [path, text, published, diagnostics, isChecking, error, portfolio, change, at, states.length, remove],
  );
}
