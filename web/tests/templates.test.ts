/** Templates written, looked at as a contact gets them, tried out, and published. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, published, setUp, violations } from "./house";

const FILES = [
  {
    path: "policies.yaml",
    text: "timezone: UTC\nsender: Shop <hello@shop.example>\ncategories:\n  news: { title: News }\n",
  },
  {
    path: "templates/hello.yaml",
    text: '# For newcomers.\ntemplate: hello\nchannel: email\nsubject: Hello {{ contact.first_name }}\nhtml: |\n  <p>Hello there.</p>\n  <p><a href="{{ unsubscribe_url }}">Unsubscribe</a></p>\n',
  },
  {
    path: "templates/letter.yaml",
    text: "template: letter\nchannel: email\nsubject: A letter\nmarkdown: |\n  # Good to have you here\n\n  New records arrive **every Friday**.\n\n  [See what is new](https://shop.example/new)\n",
  },
  { path: "templates/ping.yaml", text: "template: ping\nchannel: sms\nbody: Your parcel is here.\n" },
  {
    path: "workflows/welcome.yaml",
    text: "workflow: welcome\ntitle: Welcome\ncategory: news\ntrigger: { event: Signed Up }\nsteps:\n  - { id: hello, send: { email: hello } }\n",
  },
];

let home: House;
let page: Page;

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1400, height: 950 } });
  await setUp(page);
  const secret = await published(page, FILES);
  const answer = await page.request.post("/v1/identify", {
    data: { userId: "ada", messageId: "i1", traits: { email: "ada@shop.example", first_name: "Ada" } },
    headers: { authorization: `Basic ${btoa(`${secret}:`)}` },
  });
  expect(answer.status()).toBe(200);
});

afterAll(async () => {
  await home.close();
});

/** Does something that changes the preview, and waits until it has. */
async function previewed(change: () => Promise<void>): Promise<void> {
  await Promise.all([page.waitForResponse("**/api/v1/templates/preview"), change()]);
  await page.locator(".preview-mail[data-stale=false]").waitFor();
}

it("shows every template with a picture of itself and who sends it", async () => {
  await page.goto("/templates");
  await page.getByRole("link", { name: "hello" }).waitFor();
  await page.getByText("sent by 1 workflow").waitFor();
  await page.locator(".thumbnail-page").nth(1).waitFor();
  const small = page.locator(".thumbnail-page").first().contentFrame();
  await small.getByText("Hello there.").waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "templates-list");
});

it("shows a template as one contact gets it, on a phone and in the dark", async () => {
  await page.getByRole("link", { name: "hello" }).click();
  await page.getByRole("heading", { name: "hello" }).waitFor();
  await page.getByRole("link", { name: "welcome" }).waitFor();
  await page.getByLabel("As the contact").fill("ada");
  await page.locator(".preview-head strong", { hasText: "Hello Ada" }).waitFor();
  await page.getByRole("button", { name: "Phone" }).click();
  expect((await page.locator(".preview-page .mail").boundingBox())?.width).toBe(375);
  await previewed(() => page.getByText("Dark mailbox").click());
  expect(await violations(page)).toEqual([]);
  await picture(page, "template-html");
  await page.getByText("Dark mailbox").click();
});

it("proposes what is known while code is written, and says at its line what is wrong", async () => {
  const code = page.getByRole("textbox", { name: "HTML" });
  await code.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("<p>{{ contact.first_n");
  await page.getByRole("option", { name: /contact.first_name/ }).waitFor();
  await picture(page, "template-completion");
  await page.keyboard.press("Enter");
  await page.keyboard.type(" | upc");
  await page.getByRole("option", { name: /upcase/ }).waitFor();
  await page.keyboard.press("Enter");
  await expect.poll(() => code.textContent()).toContain("{{ contact.first_name | upcase }}");
  await page.frameLocator(".preview-page iframe").getByText("ADA").waitFor();

  await page.keyboard.press("End");
  await page.keyboard.type("{% if %}");
  await page
    .getByText(/1 error/)
    .first()
    .waitFor();
  await page.locator(".content-code .cm-lint-marker-error").waitFor();
  await picture(page, "template-error");
  expect(await violations(page)).toEqual([]);
  for (let n = 0; n < "{% if %}".length; n += 1) await page.keyboard.press("Backspace");
  await page.getByText("No errors").waitFor();
});

it("keeps comments in the file, which is the same thing", async () => {
  await page.getByRole("link", { name: "File" }).click();
  const editor = page.getByRole("textbox", { name: "templates/hello.yaml" });
  await editor.waitFor();
  const text = await editor.textContent();
  expect(text).toContain("# For newcomers.");
  expect(text).toContain("contact.first_name | upcase");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("link", { name: "Content", exact: true }).click();
});

it("sends a test of what the preview shows, and says what the provider answered", async () => {
  await page.getByLabel("As the contact").fill("ada");
  await page.locator(".preview-head strong", { hasText: "Hello Ada" }).waitFor();
  await page.getByRole("button", { name: "Send a test" }).click();
  await page.getByRole("textbox", { name: "To" }).fill("team@shop.example");
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Send it" }).click();
  await page.getByText("taken", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await expect
    .poll(async () => (await page.request.get(`${home.inbox}/api/mails`)).text(), { timeout: 20_000 })
    .toContain("[Test] Hello Ada");
});

it("publishes what was changed, and begins another and a copy", async () => {
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("You have changes that are not published.").waitFor({ state: "detached" });

  await page.getByRole("button", { name: "Make a copy" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("hello-again");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "hello-again" }).waitFor();
  await page.frameLocator(".preview-page iframe").getByText("Hello there.").waitFor();

  await page.goto("/templates");
  await page.getByRole("button", { name: "New template" }).click();
  await picture(page, "template-new");
  expect(await violations(page)).toEqual([]);
  await page.getByText("E-mail in Markdown").click();
  await page.getByRole("textbox", { name: "Name" }).fill("news");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("textbox", { name: "Markdown" }).waitFor();
  await page.frameLocator(".preview-page iframe").getByText("What is new?").waitFor();
});

it.each([
  ["desktop", 1280],
  ["phone", 390],
])("is readable at the width of a %s in both themes", async (name, width) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const other = await home.open({ viewport: { width, height: 800 }, colorScheme });
    const cookies = await page.context().cookies();
    await other.context().addCookies(cookies.map(({ name, value }) => ({ name, value, url: home.address })));
    for (const path of ["/templates", "/templates/letter", "/templates/ping"]) {
      await other.goto(path);
      await other.getByRole("heading", { level: 1 }).waitFor();
      await expect.poll(() => other.getByText("Loading …").count()).toBe(0);
      expect(await violations(other), path).toEqual([]);
      const overflow = await other.evaluate(
        () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
      );
      expect(overflow, `${path} is wider than the window`).toBeLessThanOrEqual(0);
      await picture(other, `${path.slice(1).replaceAll("/", "-")}-${name}-${colorScheme}`);
    }
  }
});
