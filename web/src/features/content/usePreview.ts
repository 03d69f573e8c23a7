/** A template as it would be sent, rendered by the server. */
import { useQuery } from "@tanstack/react-query";
import { api, must, type Schemas } from "../../api/client";
import { useRested } from "../../design/useRested";

/** How long nobody must have typed before the server is asked. */
const REST_MS = 350;

/** For whom a template is rendered, and how. */
export type Trial = {
  contact: string;
  locale: string;
  dark: boolean;
  /** What the template reads besides, as JSON. */
  data: string;
};

export const NOBODY: Trial = { contact: "", locale: "", dark: false, data: "" };

type Body = Schemas["TrialBody"];

/** What stands in the sample data; nothing if it is no JSON object. */
export function dataOf(data: string): Record<string, unknown> | undefined {
  if (data.trim() === "") return {};
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : undefined;
  } catch {
    return undefined;
  }
}

/** What is asked of the server: the same for a preview and for a test. */
export function askedOf(trial: Trial): Omit<Body, "template" | "file" | "dark"> {
  const contact = trial.contact.trim();
  const locale = trial.locale.trim();
  return {
    ...(contact ? { contact } : {}),
    ...(locale ? { locale } : {}),
    context: dataOf(trial.data) ?? {},
  } as Omit<Body, "template" | "file" | "dark">;
}

export type Inspection = {
  html_bytes: number;
  text_bytes: number;
  links: { url: string; text: string }[];
  images: { src: string; alt: string | null }[];
  checks: { code: string; severity: string; title: string; message: string; fix: string; part: string }[];
};

export type Preview = Omit<Schemas["PreviewedTemplate"], "content" | "inspection"> & {
  content: Record<string, unknown>;
  inspection: Inspection;
};

/** The preview of a text that is being written. */
export function usePreview(path: string, text: string, trial: Trial) {
  const rested = useRested(text, REST_MS);
  const asked = useRested(JSON.stringify({ ...askedOf(trial), dark: trial.dark }), REST_MS);
  return useQuery({
    queryKey: ["preview", path, rested, asked],
    queryFn: async () => {
      const body = { ...(JSON.parse(asked) as Body), file: { path, text: rested } };
      return (await must(api.POST("/api/v1/templates/preview", { body }))) as unknown as Preview;
    },
    placeholderData: (before) => before,
    retry: false,
    gcTime: 60_000,
  });
}

/** The preview of what is published, for nobody in particular. */
export function usePublishedPreview(template: string, isWanted: boolean, revision: number) {
  return useQuery({
    queryKey: ["preview", template, revision],
    queryFn: async () =>
      (await must(
        api.POST("/api/v1/templates/preview", { body: { template, context: {}, dark: false } as Body }),
      )) as unknown as Preview,
    enabled: isWanted,
    retry: false,
    staleTime: Number.POSITIVE_INFINITY,
  });
}
