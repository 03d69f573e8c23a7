/** A file becomes contacts, and addresses are kept from being used. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, setUp, violations } from "./house";

const FILE = `Customer No;E-Mail;Vorname;Umsatz;Newsletter
1001;ada@shop.example;Ada;1.234,50;yes
1002;bob@shop.example;Bob;12,00;no
;nobody@shop.example;Nobody;1,00;yes
`;

let home: House;
let page: Page;

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1400, height: 950 } });
  await setUp(page);
});

afterAll(async () => {
  await home.close();
});

it("imports a file: columns are placed, rows are tried, taken in, and given back", async () => {
  await page.goto("/imports");
  expect(await violations(page)).toEqual([]);
  await page.locator("input[type=file]").setInputFiles({
    name: "people.csv",
    mimeType: "text/csv",
    buffer: Buffer.from(FILE),
  });
  await page.getByRole("heading", { name: "people.csv" }).waitFor();
  await page.getByLabel("Customer No: Goes to").selectOption("user_id");
  await page.getByLabel("E-Mail: Goes to").selectOption("trait");
  await page.getByLabel("E-Mail: Name").fill("email");
  await page.getByLabel("Vorname: Goes to").selectOption("trait");
  await page.getByLabel("Vorname: Name").fill("first_name");
  await page.getByLabel("Umsatz: Goes to").selectOption("trait");
  await page.getByLabel("Umsatz: As").selectOption("decimal_comma");
  await page.locator("code", { hasText: "1234.5" }).first().waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "import-mapping");
  await page.getByRole("button", { name: "Try all rows" }).click();
  await page.getByText("tried", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Import …" }).click();
  await page.getByRole("button", { name: "Import now" }).click();
  await page.getByText("imported", { exact: true }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "import-done");
  await page.goto("/contacts/1001");
  await page.getByRole("heading", { name: "Ada" }).waitFor();
  await page.getByText("1,234.5").first().waitFor();
  await page.goBack();
  await page.getByRole("button", { name: "Give it back …" }).click();
  await page.getByRole("button", { name: "Give it back now" }).click();
  await page.getByText("given back", { exact: true }).waitFor();
});

it("suppresses an address, finds it, and takes it back with its consequence named", async () => {
  await page.goto("/suppressions");
  await page.getByRole("button", { name: "Add addresses" }).click();
  await page.getByLabel("Addresses, one a line").fill("eve@evil.example\nmallory@evil.example");
  await page.getByLabel("Why").fill("complained at the old provider");
  await page.getByRole("button", { name: "Suppress them" }).click();
  await page.getByText("2 addresses are on the list.").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByLabel("Find an address").fill("eve@evil.example");
  await page.getByRole("row").nth(2).waitFor({ state: "detached" });
  await page.getByRole("cell", { name: "eve@evil.example email" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "suppressions");
  await page.getByRole("button", { name: "Take back …: eve@evil.example" }).click();
  await page.getByText("Messages may go to eve@evil.example again.").waitFor();
  await page.getByRole("button", { name: "Use it again" }).click();
  await page.getByText("This address is not suppressed.").waitFor();
});
