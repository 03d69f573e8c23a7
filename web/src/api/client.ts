/** The one way to the server: typed by its own description, with the session's token on whatever changes something. */
import createClient, { type Middleware } from "openapi-fetch";
import type { components, paths } from "./schema";

export type Schemas = components["schemas"];

/** What the server refused, in its own words. */
export class Refusal extends Error {
  constructor(
    readonly status: number,
    readonly detail: Partial<Schemas["ErrorDetail"]>,
  ) {
    super(detail.message ?? `The server answered with status ${status}.`);
  }
}

let csrfToken = "";

/** Remembers the token of the session that has begun. */
export function setCsrfToken(token: string): void {
  csrfToken = token;
}

/** The token, for the one request that `fetch` can't send: an upload that tells how far it is. */
export function csrfHeader(): [string, string] {
  return ["x-csrf-token", csrfToken];
}

const withToken: Middleware = {
  onRequest({ request }) {
    if (csrfToken && request.method !== "GET") request.headers.set("x-csrf-token", csrfToken);
    return request;
  },
};

export const api = createClient<paths>({ baseUrl: "" });
api.use(withToken);

type Answer<T> = { data?: T; error?: unknown; response: Response };

/** The answer, or the refusal as an error. */
export async function must<T>(answer: Promise<Answer<T>>): Promise<T> {
  const { data, error, response } = await answer;
  if (response.ok) return data as T;
  throw refusal(response.status, error);
}

function refusal(status: number, body: unknown): Refusal {
  const detail = (body as { error?: Partial<Schemas["ErrorDetail"]> } | undefined)?.error;
  return new Refusal(status, detail ?? {});
}

/** Asks one of the paths that only this application uses. */
export async function ask<T>(method: string, path: string, body?: unknown): Promise<T> {
  const headers: Record<string, string> = { "content-type": "application/json" };
  if (csrfToken) headers["x-csrf-token"] = csrfToken;
  const init: RequestInit = { method, headers };
  if (body !== undefined) init.body = JSON.stringify(body);
  const response = await fetch(path, init);
  const text = await response.text();
  const answer: unknown = text ? JSON.parse(text) : undefined;
  if (response.ok) return answer as T;
  throw refusal(response.status, answer);
}
