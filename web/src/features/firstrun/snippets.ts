/** What a team puts into its pages and programs, with their own key and address. */
export type SnippetKind = "web" | "node" | "python" | "curl";

export const SNIPPETS: Record<SnippetKind, (key: string, address: string) => string> = {
  web: (key, address) => `<script type="module">
  import { AnalyticsBrowser } from "https://YOUR-SITE/vendor/analytics-next.js"; // npm @segment/analytics-next
  const analytics = AnalyticsBrowser.load(
    { writeKey: "${key}", cdnURL: "${address}" },
    { integrations: { "Segment.io": { apiHost: "${address.replace(/^https?:\/\//, "")}/v1", protocol: "${address.split(":")[0]}" } } },
  );
  analytics.page();
  analytics.track("Signed Up", { plan: "trial" });
</script>`,
  node: (key, address) => `// npm install @segment/analytics-node
import { Analytics } from "@segment/analytics-node";
const analytics = new Analytics({ writeKey: "${key}", host: "${address}" });
analytics.identify({ userId: "42", traits: { email: "ada@shop.example", first_name: "Ada" } });
analytics.track({ userId: "42", event: "Signed Up", properties: { plan: "trial" } });
await analytics.closeAndFlush();`,
  python: (key, address) => `# pip install segment-analytics-python
import segment.analytics as analytics
analytics.write_key = "${key}"
analytics.host = "${address}"
analytics.identify("42", {"email": "ada@shop.example", "first_name": "Ada"})
analytics.track("42", "Signed Up", {"plan": "trial"})
analytics.flush()`,
  curl: (key, address) => `curl -u '${key}:' ${address}/v1/identify -H 'content-type: application/json' \\
  -d '{"userId": "42", "traits": {"email": "ada@shop.example", "first_name": "Ada"}}'
curl -u '${key}:' ${address}/v1/track -H 'content-type: application/json' \\
  -d '{"userId": "42", "event": "Signed Up", "properties": {"plan": "trial"}}'`,
};
