import { useQuery } from "@tanstack/react-query";
import { api, must } from "../../api/client";

/** The published templates, and what uses each. */
export function useTemplates() {
  return useQuery({ queryKey: ["templates"], queryFn: () => must(api.GET("/api/v1/templates")) });
}
