/** From the first visit to a mail that arrives, as a person would go. */
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, OWNER, picture, setUp, violations } from "./house";

let home: House;

beforeAll(async () => {
  home = await house();
});

afterAll(async () => {
  await home.close();
});

it("makes the owner's account on the first visit, and only then", async () => {
  const page = await home.open();
  await page.goto("/");
  await page.getByRole("heading", { name: "Welcome to Wend" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "set-up");
  await setUp(page);

  const stranger = await home.open();
  await stranger.goto("/");
  await stranger.getByRole("heading", { name: "Sign in" }).waitFor();
  expect(await violations(stranger)).toEqual([]);
  await picture(stranger, "sign-in");
  const again = await stranger.request.post("/app/setup", { data: { ...OWNER, email: "eve@evil.example" } });
  expect(again.status()).toBe(409);
});

it("signs in with the right password only, and out again", async () => {
  const page = await home.open();
  await page.goto("/");
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill("not this one");
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("alert").waitFor();
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
  await page.getByRole("button", { name: "Sign out" }).click();
  await page.getByRole("heading", { name: "Sign in" }).waitFor();
  expect((await page.request.get("/api/v1/status")).status()).toBe(401);
});

it("goes from a key and an example to a mail in the inbox, and tells why", async () => {
  const page = await home.open();
  await page.goto("/");
  await page.getByLabel("E-mail").fill(OWNER.email);
  await page.getByLabel("Password").fill(OWNER.password);
  await page.getByRole("button", { name: "Sign in" }).click();
  await page.getByRole("link", { name: "Get started" }).click();
  await page.getByRole("button", { name: "Make a write key" }).click();
  await page.getByRole("button", { name: "Command line" }).click();
  const snippet = await page.locator("pre").first().textContent();
  const key = /-u '([^:]+):/.exec(snippet ?? "")?.[1] ?? "";
  expect(key).toMatch(/^wk_/);

  await page.getByRole("button", { name: "Add and publish: Welcome" }).click();
  await page.getByText("is live.").waitFor();
  await picture(page, "get-started");

  const send = (path: string, data: object) =>
    page.request.post(path, { data, headers: { authorization: `Basic ${btoa(`${key}:`)}` } });
  const traits = { email: "grace@shop.example", first_name: "Grace", timezone: "Europe/Berlin" };
  expect((await send("/v1/identify", { userId: "42", traits })).status()).toBe(200);
  expect((await send("/v1/track", { userId: "42", event: "Signed Up" })).status()).toBe(200);
  await page.getByText("We see you").waitFor();

  await page.goto("/contacts/42");
  await page.getByRole("heading", { name: "Grace" }).waitFor();
  await page.getByText("Signed Up").first().waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "contact");

  await page.goto("/messages");
  await page.getByRole("row").nth(1).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "messages");
});
