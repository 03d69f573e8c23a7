/** Contacts, segments, messages, policies and reports, as a marketer goes through them. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, published, setUp, violations } from "./house";

const WELCOME = `workflow: welcome
title: Welcome
category: onboarding
reentry: never
audience: { trait: plan, eq: pro }
trigger: { event: Signed Up }
goals: [{ event: Order Completed, value: total, within: 30d }]
steps:
  - { id: hello, send: { email: hello } }
  - { id: a-day, wait: 1d }
`;

const FILES = [
  {
    path: "policies.yaml",
    text: "timezone: UTC\nsender: Shop <hello@shop.example>\ncategories:\n  onboarding: { title: Getting started }\n# Nobody is bothered.\ncaps:\n  - { channels: [email], max: 3, per: 7d, then: defer }\n",
  },
  { path: "traits.yaml", text: "traits:\n  plan: { type: text, in: [free, pro], title: Plan }\n" },
  {
    path: "templates/hello.yaml",
    text: "template: hello\nchannel: email\nsubject: Hello\nhtml: <p>Hello there.</p>\n",
  },
  { path: "workflows/welcome.yaml", text: WELCOME },
  {
    path: "workflows/later.yaml",
    text: "workflow: later\ntitle: Later\npriority: 40\ntrigger: { event: Signed Up }\nsteps:\n  - { id: a-week, wait: 7d }\n",
  },
];

let home: House;
let page: Page;

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1400, height: 950 } });
  await setUp(page);
  const secret = await published(page, FILES);
  const authorization = `Basic ${btoa(`${secret}:`)}`;
  const people = Array.from({ length: 24 }, (_, n) => ({
    type: "identify",
    userId: `u${n}`,
    messageId: `i${n}`,
    traits: {
      email: `person${n}@shop.example`,
      first_name: n === 7 ? "Ada" : `Person ${n}`,
      last_name: n === 7 ? "Lovelace" : "Smith",
      plan: n % 3 === 0 ? "pro" : "free",
    },
  }));
  const signUps = people.map((it, n) => ({
    type: "track",
    userId: it.userId,
    messageId: `s${n}`,
    event: "Signed Up",
  }));
  const order = {
    type: "track",
    userId: "u3",
    messageId: "o3",
    event: "Order Completed",
    properties: { total: 42.5 },
  };
  for (const batch of [people, signUps, [order]]) {
    const answer = await page.request.post("/v1/batch", { data: { batch }, headers: { authorization } });
    expect(answer.status()).toBe(200);
  }
  // What makes no sense goes to the quarantine.
  await page.request.post("/v1/track", {
    data: { userId: "u1", messageId: "bad" },
    headers: { authorization },
  });
});

afterAll(async () => {
  await home.close();
});

it("builds a segment by mouse, sees whom it means, and publishes it", async () => {
  await page.goto("/segments");
  await page.getByRole("button", { name: "New segment" }).first().click();
  await page.getByLabel("Title").fill("Paying people");
  expect(await page.getByLabel("Name").inputValue()).toBe("paying-people");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByLabel("Name of the trait").fill("plan");
  await page.getByLabel("Value").selectOption("pro");
  await page.locator(".preview-number", { hasText: "8" }).waitFor();
  await page.getByText("everybody was asked").waitFor();

  await page.getByRole("button", { name: "Add a group" }).click();
  await page.getByLabel("What is asked").nth(1).selectOption("event");
  await page.getByLabel("Name of the event").fill("Order Completed");
  await page.getByLabel("Remove this condition").nth(2).click();
  await page.locator(".preview-number", { hasText: "1" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "segment-builder");

  await page.getByRole("button", { name: "Text", exact: true }).click();
  const editor = page.getByRole("textbox", { name: "segments/paying-people.yaml" });
  await editor.waitFor();
  expect(await editor.textContent()).toContain("event: Order Completed");
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# For the newsletter.\n");
  await page.getByLabel("Remove this group").click();
  await page.locator(".preview-number", { hasText: "8" }).waitFor();
  expect(await editor.textContent()).toContain("# For the newsletter.");
  expect(await editor.textContent()).not.toContain("Order Completed");

  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
});

it("tells who is in a segment and why somebody is not", async () => {
  await page.goto("/segments/paying-people/members");
  await page
    .getByRole("link", { name: /Person 3/ })
    .first()
    .waitFor();
  await page.getByRole("textbox", { name: /^Contact/ }).fill("u1");
  await page.getByRole("button", { name: "Ask" }).click();
  await page.getByText("not in the segment").waitFor();
  await page.getByText("it is").first().waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "segment-members");
  await page.getByRole("link", { name: "Growth" }).click();
  await page.getByRole("heading", { name: "How many contacts" }).waitFor();
  await page.getByRole("button", { name: "Table" }).first().click();
  await page.getByRole("columnheader", { name: "Day" }).waitFor();
  expect(await violations(page)).toEqual([]);
});

it("finds contacts by how their name begins, by an id, and by any condition", async () => {
  await page.goto("/contacts");
  await page.getByText("24 contacts").waitFor();
  await page.getByLabel("Name, e-mail address, or any id").fill("lovel");
  await page.getByRole("link", { name: /Ada( Lovelace)?.*person7@shop.example/ }).waitFor();
  await page.getByRole("row").nth(2).waitFor({ state: "detached" });
  await page.getByLabel("Name, e-mail address, or any id").fill("u5");
  await page.getByText("found by its id").waitFor();
  await page.getByRole("button", { name: "Clear" }).click();
  await page.getByRole("button", { name: "Filter" }).click();
  await page.getByRole("button", { name: "Add a condition" }).click();
  await page.getByLabel("Name of the trait").fill("plan");
  await page.getByLabel("Value").selectOption("pro");
  await page.getByText("8 contacts", { exact: true }).waitFor();
  expect(await page.getByRole("row").count()).toBe(9);
  expect(page.url()).toContain("where=");
  expect(await violations(page)).toEqual([]);
  await picture(page, "contacts-filtered");
});

it("says in plain words why a workflow let somebody in, and why not", async () => {
  await page.goto("/contacts/u1/why");
  await page.getByRole("button", { name: /Welcome/ }).click();
  await page.getByText("They would not be let in.").waitFor();
  await page.getByText("refused once").waitFor();
  await page.getByText('the trait plan is "pro": it is "free"').first().waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "contact-why-not");
  await page.goto("/contacts/u3/why");
  await page.getByRole("button", { name: /Welcome/ }).click();
  await page.getByText("entered once").waitFor();
  await page.getByText("and never again").first().waitFor();
});

it("shows what was sent, what is planned, and what the days brought", async () => {
  await page.goto("/messages?are=sent");
  await page.getByRole("row").nth(1).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto("/messages?are=calendar");
  await page.getByRole("heading", { name: "What is planned" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await page.goto("/reports?workflow=welcome");
  await page.getByRole("heading", { name: "Funnel" }).waitFor();
  await page.getByText("42.5").first().waitFor();
  const chart = page.getByRole("slider", { name: /Who entered/ });
  await chart.focus();
  await page.keyboard.press("ArrowLeft");
  expect(await chart.getAttribute("aria-valuetext")).toContain("Welcome 8");
  expect(await violations(page)).toEqual([]);
  await picture(page, "report-of-a-workflow");
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the numbers as CSV: Who entered" }).click(),
  ]);
  expect(download.suggestedFilename()).toBe("entered.csv");
  const [png] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("button", { name: "Download the picture as PNG: Funnel" }).click(),
  ]);
  expect(png.suggestedFilename()).toBe("welcome-funnel.png");
});

it("edits policies and keeps the comments, and sorts workflows by keyboard", async () => {
  await page.goto("/policies");
  await page.getByLabel("At most").first().fill("5");
  await page.getByRole("button", { name: "Add: Quiet hours" }).click();
  await page.getByText("No errors").waitFor();
  expect(await violations(page)).toEqual([]);
  await page.getByRole("button", { name: "Text", exact: true }).click();
  const editor = page.getByRole("textbox", { name: "policies.yaml" });
  await editor.waitFor();
  const shown = await editor.textContent();
  expect(shown).toContain("# Nobody is bothered.");
  expect(shown).toContain("{ channels: [ email ], max: 5, per: 7d, then: defer }");
  await picture(page, "policies-edited");
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();

  await page.getByText("You have changes that are not published.").waitFor({ state: "detached" });
  await page.getByRole("button", { name: "Move up: Later" }).focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByRole("button", { name: "Publish now" }).waitFor({ state: "detached" });
  await page.reload();
  await page.getByText("Welcome").last().waitFor();
  expect(await page.locator(".priority-title").allTextContents()).toEqual(["Later", "Welcome"]);
});

it("mends an event in quarantine and sends it again", async () => {
  await page.goto("/system/quarantine");
  await page.locator("summary").first().click();
  expect(await violations(page)).toEqual([]);
  await picture(page, "quarantine");
  const sent = page.getByLabel("What was sent");
  const event = JSON.parse(await sent.inputValue()) as object;
  await sent.fill(JSON.stringify({ ...event, type: "track", event: "Signed Up" }));
  await page.getByRole("button", { name: "Mend and send again" }).click();
  await page.getByText("Nothing is in quarantine").waitFor();
});
