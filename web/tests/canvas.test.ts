/** What stands beside the canvas: tests, live numbers, versions, a rollout, and runs drawn; and a thousand steps. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, setUp, violations } from "./house";

const POLICIES =
  "timezone: UTC\nsender: Shop <hello@shop.example>\ncategories:\n  offers: { title: Offers }\n";
const TEMPLATE = "template: hello\nchannel: email\nsubject: Hello\ntext: Hello\n";
const WORKFLOW = `workflow: welcome
category: offers
trigger: { event: Signed Up }
steps:
  - { id: pause, wait: 1d }
  - id: which
    branch:
      - if: { trait: plan, eq: pro }
        then:
          - { id: hello, send: { email: hello } }
`;
const TEST = `test: who signs up and pays is greeted
contact: { traits: { email: ann@example.com, plan: pro } }
at: 2026-03-02T12:00Z
when:
  - { at: +0m, event: Signed Up }
expect:
  - { sent: hello, at: +1d }
`;

/** As many steps as nobody should draw. */
const MANY = 1_000;

/** How long choosing one of them may take on a busy machine, in milliseconds. */
const CHOOSING_MAX_MS = 2_000;

let home: House;
let page: Page;
let token = "";

async function ask(method: string, path: string, data?: object): Promise<unknown> {
  const answer = await page.request.fetch(path, {
    method,
    ...(data ? { data } : {}),
    headers: { "x-csrf-token": token },
  });
  expect(answer.ok(), `${path}: ${await answer.text()}`).toBe(true);
  return answer.json();
}

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1400, height: 900 } });
  await setUp(page);
  token = ((await ask("GET", "/app/session")) as { person: { csrf_token: string } }).person.csrf_token;
  const many = Array.from({ length: MANY }, (_, n) => `  - { id: s${n}, wait: 1h }`).join("\n");
  const files = [
    { path: "policies.yaml", text: POLICIES },
    { path: "templates/hello.yaml", text: TEMPLATE },
    { path: "workflows/welcome.yaml", text: WORKFLOW },
    { path: "workflows/long.yaml", text: `workflow: long\ntrigger: { event: Never }\nsteps:\n${many}\n` },
    { path: "tests/greeted.test.yaml", text: TEST },
  ];
  await ask("POST", "/api/v1/apply", { files });
  const key = (await ask("POST", "/api/v1/keys", { name: "site", scope: "ingest" })) as { secret: string };
  for (const userId of ["ada", "bob"]) {
    const data = { userId, event: "Signed Up" };
    const headers = { authorization: `Basic ${btoa(`${key.secret}:`)}` };
    expect((await page.request.post("/v1/track", { data, headers })).status()).toBe(200);
  }
});

afterAll(async () => {
  await home.close();
});

it("plays the tests beside the canvas, and lights the path", async () => {
  await page.goto("/workflows/welcome");
  await page.getByRole("button", { name: "Tests", exact: true }).click();
  await page.getByRole("button", { name: "who signs up and pays is greeted" }).click();
  await page.getByText("expected hello sent").waitFor();
  await page.locator(".react-flow__edge.lit").first().waitFor({ state: "attached" });
  expect(await page.locator(".node.dim").count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await picture(page, "tests-beside-the-canvas");
});

it("shows who waits at a step, and lets them go on with a reason", async () => {
  await page.goto("/workflows/welcome/live");
  await page.locator(".node-count", { hasText: "2 here" }).waitFor();
  await page.locator(".node", { hasText: "pause" }).click();
  await page.getByRole("link", { name: "ada" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "live-step");
  await page.getByRole("button", { name: "Let ada go on" }).click();
  await page.getByLabel("Reason").fill("She asked for it");
  await page.getByRole("dialog").getByRole("button", { name: "Let go on" }).click();
  await page.locator(".node-count", { hasText: "1 here" }).waitFor();
  await page.getByRole("link", { name: "ada" }).waitFor({ state: "detached" });
});

it("draws a contact's run with its path", async () => {
  await page.goto("/contacts/bob/runs");
  await page.getByRole("button", { name: "Show the path" }).click();
  await page.locator(".run-path .node-count", { hasText: "is here" }).waitFor();
  await page.locator(".run-path .react-flow__edge.lit").first().waitFor({ state: "attached" });
  expect(await violations(page)).toEqual([]);
  await picture(page, "run-path");
});

it("publishes a change in stages, and shows on the canvas what it changed", async () => {
  await page.goto("/workflows/welcome");
  await page.locator(".node", { hasText: "pause" }).click();
  await page.getByRole("textbox", { name: "For a while" }).fill("2d");
  await page.getByRole("textbox", { name: "For a while" }).press("Enter");
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByLabel("They move to the new version").check();
  await page.getByLabel("Where those at pause go").waitFor();
  await page.getByLabel("A share at first").check();
  await page.getByLabel("Share of stage 1, in percent").fill("25");
  expect(await violations(page)).toEqual([]);
  await picture(page, "publish");
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  await page.goto("/workflows/welcome/live");
  await page.getByRole("heading", { name: "Version 2 reaches 25 %" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "rollout");
  await page.getByRole("button", { name: "Everybody" }).click();
  await page.getByRole("heading", { name: "Version 2 reaches" }).waitFor({ state: "detached" });

  await page.goto("/workflows/welcome/versions");
  await page.locator(".node.changed", { hasText: "pause" }).waitFor();
  expect(await page.locator(".node.added").count()).toBe(0);
  expect(await violations(page)).toEqual([]);
  await picture(page, "versions");
});

it("draws a thousand steps, and chooses one at once", async () => {
  await page.goto("/workflows/long");
  await page.locator(".node.step").first().waitFor();
  expect(await page.locator(".react-flow__node").count()).toBeLessThan(100);
  const begun = Date.now();
  await page.locator(".node.step").first().click();
  await page.getByRole("textbox", { name: "For a while" }).waitFor();
  expect(Date.now() - begun).toBeLessThan(CHOOSING_MAX_MS);
  await page.keyboard.press("Escape");
  await page.getByRole("combobox", { name: "Find a step" }).fill("s990");
  await page.keyboard.press("Enter");
  await page.locator(".react-flow__node.selected", { hasText: "s990" }).waitFor();
});

const LOOKS = [
  ["desktop", 1280, "light"],
  ["desktop", 1280, "dark"],
  ["phone", 390, "light"],
  ["phone", 390, "dark"],
] as const;

it.each(LOOKS)("is at ease on a %s, %i wide, in %s", async (name, width, colorScheme) => {
  await page.emulateMedia({ colorScheme });
  await page.setViewportSize({ width, height: 800 });
  for (const tab of ["", "/live", "/versions"]) {
    await page.goto(`/workflows/welcome${tab}`);
    await page.locator(".node.step").first().waitFor();
    expect(await violations(page), tab).toEqual([]);
    const overflow = await page.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, `${tab} is wider than the window`).toBeLessThanOrEqual(0);
    await picture(page, `workflow${tab.replace("/", "-")}-${name}-${colorScheme}`);
  }
});
