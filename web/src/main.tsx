import { QueryClient, QueryClientProvider } from "@tanstack/react-query";
import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { Refusal } from "./api/client";
import { App } from "./app/App";
import "./design/tokens.css";
import "./design/base.css";
import "./design/parts.css";
import { applyTheme } from "./design/theme";

/** What the server refused is refused again; only what got lost is asked again, once. */
const queries = new QueryClient({
  defaultOptions: {
    queries: {
      retry: (n, error) => n < 1 && !(error instanceof Refusal),
      refetchOnWindowFocus: true,
      staleTime: 2_000,
    },
  },
});

applyTheme();
const root = document.getElementById("root");
if (root) {
  createRoot(root).render(
    <StrictMode>
      <QueryClientProvider client={queries}>
        <App />
      </QueryClientProvider>
    </StrictMode>,
  );
}
