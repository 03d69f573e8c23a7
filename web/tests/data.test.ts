/** Data that goes out, data about one person, and accounts. */
import { readFileSync } from "node:fs";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, post, published, setUp, violations } from "./house";

const FILES = [
  {
    path: "policies.yaml",
    text: "timezone: UTC\nsender: Shop <hello@shop.example>\ncategories:\n  news: { title: News }\n",
  },
  {
    path: "templates/hello.yaml",
    text: "template: hello\nchannel: email\nsubject: Hello\nhtml: <p>Hello.</p>\n",
  },
  {
    path: "workflows/welcome.yaml",
    text: "workflow: welcome\ntitle: Welcome\ncategory: news\ntrigger: { event: Signed Up }\nsteps:\n  - { id: hello, send: { email: hello } }\n  - { id: later, wait: 30d }\n",
  },
];

let home: House;
let page: Page;

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1400, height: 950 } });
  await setUp(page);
  const secret = await published(page, FILES);
  const traits = { email: "ada@shop.example", first_name: "Ada", last_name: "Lovelace" };
  const batch = [
    { type: "identify", userId: "ada", messageId: "i1", traits },
    {
      type: "group",
      userId: "ada",
      groupId: "acme",
      messageId: "g1",
      traits: { name: "Acme Ltd", plan: "pro" },
    },
    { type: "track", userId: "ada", messageId: "s1", event: "Signed Up" },
  ];
  const answer = await page.request.post("/v1/batch", {
    data: { batch },
    headers: { authorization: `Basic ${btoa(`${secret}:`)}` },
  });
  expect(answer.status()).toBe(200);
  await page.goto("/contacts/ada");
  await page.getByRole("heading", { name: "Ada Lovelace" }).waitFor();
  await post(page, "/api/v1/contacts/ada/consent", {
    categories: { news: "subscribed" },
    source: "by telephone",
    reason: "she called",
  });
});

afterAll(async () => {
  await home.close();
});

it("exports contacts as a file, and says how large it is", async () => {
  await page.goto("/contacts");
  await page.getByRole("link", { name: "Export" }).click();
  await page.getByRole("heading", { name: "Exports" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "exports");
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(file.suggestedFilename()).toBe("contacts.csv");
  expect(readFileSync(await file.path(), "utf8")).toContain("ada@shop.example");
  await page.getByText("contacts.csv is there").waitFor();
  await page.getByText("Messages", { exact: true }).last().click();
  await page.getByRole("combobox").nth(1).selectOption("json_lines");
  const [lines] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Export" }).click(),
  ]);
  expect(lines.suggestedFilename()).toBe("messages.jsonl");
  expect(readFileSync(await lines.path(), "utf8")).toContain('"welcome"');
});

it("shows accounts with their members, and sets a trait of one", async () => {
  await page.goto("/accounts");
  await page.getByRole("link", { name: "Acme Ltd" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "accounts");
  await page.getByRole("link", { name: "Acme Ltd" }).click();
  await page.getByRole("link", { name: /Ada Lovelace/ }).waitFor();
  await page.getByRole("button", { name: "Set a trait" }).click();
  await page.getByRole("textbox", { name: "Name" }).fill("seats");
  await page.getByRole("textbox", { name: "Value" }).fill("12");
  await page.getByRole("button", { name: "Set it" }).click();
  await page.getByText("It is queued").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("seats").waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "account");
});

it("says at a step what is done to all, and leads to its messages only", async () => {
  await page.goto("/workflows/welcome/live");
  await page.locator(".node.step", { hasText: "hello" }).first().click();
  await page.getByRole("link", { name: "Messages of this step" }).click();
  await page.getByRole("button", { name: "Not only of the step hello" }).waitFor();
  await page.getByRole("row").nth(1).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "messages-of-a-step");
  await page.goto("/messages?workflow=welcome&step=later");
  await page.getByRole("button", { name: "Not only of the step later" }).click();
  await page.getByRole("row").nth(1).waitFor();
});

it("has a scenario test written here, and plays it while it is written", async () => {
  await page.goto("/workflows/welcome");
  await page.getByRole("button", { name: "Tests" }).click();
  await page.getByRole("button", { name: "Write a test" }).click();
  await page.getByLabel("What ought to be true").fill("who signs up is greeted");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "who-signs-up-is-greeted" }).waitFor();
  await page.getByText("passes", { exact: true }).waitFor();
  const editor = page.getByRole("textbox", { name: "tests/who-signs-up-is-greeted.test.yaml" });
  await editor.click();
  await page.keyboard.press("Control+End");
  await page.keyboard.type("  - { messages: none }");
  await page.getByText("fails", { exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "test-fails");
  for (let n = 0; n < "none }".length; n += 1) await page.keyboard.press("Backspace");
  await page.keyboard.type("[hello] }");
  await page.getByText("passes", { exact: true }).waitFor();
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
});

it("shows the ledger of consent, and gives everything that is kept", async () => {
  await page.goto("/contacts/ada/consent");
  await page
    .getByRole("cell", { name: /by telephone|ada@|she called|api/i })
    .first()
    .waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "contact-ledger");
  await page.getByRole("link", { name: "Privacy" }).click();
  const [file] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the archive" }).click(),
  ]);
  const archive = JSON.parse(readFileSync(await file.path(), "utf8")) as Record<string, unknown[]>;
  expect(archive.messages?.length).toBe(1);
  expect(archive.history?.length).toBeGreaterThan(2);
  expect(archive.consent?.length).toBeGreaterThan(0);
});

it("names what is erased for good before it does it", async () => {
  await page.getByRole("button", { name: "Erase …" }).click();
  await page.getByText("Addresses stay suppressed").waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "contact-erase");
  const now = page.getByRole("button", { name: "Erase for good" });
  await page.getByLabel("Reason").fill("asked by letter of 3 March");
  expect(await now.isDisabled()).toBe(true);
  await page.getByLabel("Type “erase” to confirm").fill("erase");
  await now.click();
  await page.getByRole("heading", { name: "Contacts" }).waitFor();
  await page.goto("/contacts/ada");
  await page.getByRole("alert").waitFor();
});
