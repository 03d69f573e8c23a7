/** Who is signed in. */
import { useQuery, useQueryClient } from "@tanstack/react-query";
import { ask, setCsrfToken } from "../api/client";

export type Person = {
  id: string;
  email: string;
  name: string;
  scope: "read" | "manage" | "admin";
  workspace: string;
  csrf_token: string;
};

export type Who = { is_new: boolean; person: Person | null };

const KEY = ["who"];

export function useWho() {
  return useQuery({
    queryKey: KEY,
    queryFn: async () => known(await ask<Who>("GET", "/app/session")),
    staleTime: Number.POSITIVE_INFINITY,
  });
}

/** Signs in or out, or makes the owner's account: whatever the server answers is who is signed in from now on. */
export function useSession() {
  const queries = useQueryClient();
  const become = (who: Who) => {
    queries.setQueryData(KEY, known(who));
    // What somebody else saw is none of the next person's business.
    queries.removeQueries({ predicate: (query) => query.queryKey[0] !== KEY[0] });
  };
  return {
    signIn: async (email: string, password: string) =>
      become(await ask<Who>("POST", "/app/session", { email, password })),
    setUp: async (owner: { name: string; email: string; password: string }) =>
      become(await ask<Who>("POST", "/app/setup", owner)),
    signOut: async () => {
      await ask("DELETE", "/app/session");
      become({ is_new: false, person: null });
    },
  };
}

function known(who: Who): Who {
  setCsrfToken(who.person?.csrf_token ?? "");
  return who;
}
