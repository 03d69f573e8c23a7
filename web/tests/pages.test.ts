/** Every page at two widths and in both themes: nothing that axe objects to, nothing wider than the window. */
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type House, house, picture, setUp, violations } from "./house";

const PAGES = [
  "/",
  "/start",
  "/workflows",
  "/contacts",
  "/segments",
  "/templates",
  "/messages",
  "/messages?are=calendar",
  "/reports",
  "/policies",
  "/imports",
  "/exports",
  "/accounts",
  "/suppressions",
  "/tasks",
  "/system",
  "/system/quarantine",
  "/system/jobs",
  "/settings",
];

/** How long all pages may take together on a busy machine. */
const PAGES_TIMEOUT_MS = 180_000;

const WIDTHS = { desktop: 1280, phone: 390 };

let home: House;
let cookies: { name: string; value: string; url: string }[] = [];

beforeAll(async () => {
  home = await house();
  const page = await home.open();
  await setUp(page);
  const kept = await page.context().cookies();
  cookies = kept.map(({ name, value }) => ({ name, value, url: home.address }));
});

afterAll(async () => {
  await home.close();
});

describe.each(Object.entries(WIDTHS))("at the width of a %s", (name, width) => {
  it.each(["light", "dark"] as const)(
    "in %s",
    async (colorScheme) => {
      const page = await home.open({ viewport: { width, height: 800 }, colorScheme });
      await page.context().addCookies(cookies);
      for (const path of PAGES) {
        await page.goto(path);
        await page.getByRole("heading", { level: 1 }).waitFor();
        await expect.poll(() => page.getByText("Loading …").count(), { timeout: 30_000 }).toBe(0);
        expect(await violations(page), path).toEqual([]);
        const overflow = await page.evaluate(
          () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
        );
        expect(overflow, `${path} is wider than the window`).toBeLessThanOrEqual(0);
        await picture(
          page,
          `${path.slice(1).replaceAll(/[/?=]/g, "-") || "overview"}-${name}-${colorScheme}`,
        );
      }
    },
    PAGES_TIMEOUT_MS,
  );
});

it("loads no more than 300 KB at first, and nothing from elsewhere", async () => {
  const page = await home.open();
  const sizes: number[] = [];
  const elsewhere: string[] = [];
  page.on("response", async (response) => {
    if (!response.url().startsWith(home.address)) elsewhere.push(response.url());
    sizes.push(Number((await response.headerValue("content-length")) ?? 0));
  });
  await page.context().addCookies(cookies);
  await page.goto("/", { waitUntil: "networkidle" });
  expect(elsewhere).toEqual([]);
  expect(sizes.reduce((sum, size) => sum + size, 0)).toBeLessThan(300_000);
});
