/** The e-mail of blocks: put together by mouse, by keyboard, and as text; always the same document. */
import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, setUp, violations } from "./house";

let home: House;
let page: Page;

const preview = () => page.frameLocator(".preview-page iframe");

/** A frame that isn't in view isn't drawn: it is enough that the text is there. */
const shows = (text: string) => preview().getByText(text).first().waitFor({ state: "attached" });

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1500, height: 1000 } });
  await setUp(page);
});

afterAll(async () => {
  await home.close();
});

it("begins an e-mail of blocks, edits it in place, and shows what the compiler makes of it", async () => {
  await page.goto("/templates");
  await page.getByRole("button", { name: "New template" }).first().click();
  await page.getByRole("textbox", { name: "Name" }).fill("offer");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("group", { name: "Heading, 1 of 4" }).waitFor();
  await shows("Hello there");

  await page.getByRole("combobox", { name: /^Text: Text, 2 of 4/ }).fill("Only **today**: {{ contact.fir");
  await page.getByRole("option", { name: /contact.first_name/ }).click();
  await shows("today");
  expect(await violations(page)).toEqual([]);
  await picture(page, "blocks-begun");
});

it("takes a block from the palette to its place, and moves another by its handle", async () => {
  const place = page.getByRole("button", { name: "Add a block here: Section 1, 2" });
  await page.getByRole("button", { name: "Picture" }).dragTo(place);
  await page.getByRole("group", { name: "Picture, 2 of 5" }).waitFor();
  await page.getByRole("group", { name: "Button, 4 of 5" }).click();
  await page
    .locator("[data-kind=button] .block-handle")
    .dragTo(page.getByRole("button", { name: "Add a block here: Section 1, 2" }));
  await page.getByRole("group", { name: "Button, 2 of 5" }).waitFor();
  await page.getByRole("group", { name: "Picture, 3 of 5" }).waitFor();
  await picture(page, "blocks-dragged");
});

it("sets what a block looks like and leads to, and shows at the block what is wrong", async () => {
  await page.getByRole("group", { name: "Picture, 3 of 5" }).click();
  const settings = page.getByRole("region", { name: "Settings: Picture" });
  await settings.getByRole("combobox", { name: "What it shows" }).fill("A pot of tea");
  await page.getByRole("group", { name: "Button, 2 of 5" }).click({ position: { x: 4, y: 4 } });
  const button = page.getByRole("region", { name: "Settings: Button" });
  await button.getByLabel("Where").selectOption("center");
  await button.getByText("Look").click();
  await button.getByLabel("Background", { exact: true }).fill("#166534");
  await expect
    .poll(() => preview().locator("a.w-button, .w-button").first().getAttribute("style"), { timeout: 20_000 })
    .toContain("#166534");
  await button.getByRole("combobox", { name: "Leads to" }).fill("{{ trigger.url");
  await page.locator(".block[data-wrong=true] .block-problem").first().waitFor();
  await picture(page, "blocks-wrong");
  expect(await violations(page)).toEqual([]);
  await button.getByRole("combobox", { name: "Leads to" }).fill("https://tea.example/offer");
  await page.getByText("No errors").waitFor();
});

it("parts a section into columns, and loops over products", async () => {
  await page.getByRole("button", { name: "Add a section" }).click();
  await page.getByRole("button", { name: "Section 2", exact: true }).click();
  await page.getByLabel("Columns").selectOption("2");
  await page.getByRole("button", { name: "Add a block here: Section 2, Column 1, 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Products" }).click();
  await page.getByRole("button", { name: "Add a block here: Section 2, Column 2, 1" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Condition" }).click();
  await page.getByText("Sample data").first().click();
  await page
    .getByRole("textbox", { name: "Sample data" })
    .fill('{"trigger":{"items":[{"name":"Green tea","price":"4.50"},{"name":"Black tea"}]}}');
  await shows("Green tea");
  await page.getByText("No errors").waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "blocks-columns");
});

it("is put together by keyboard alone", async () => {
  const first = page.getByRole("group", { name: "Heading, 1 of 5" });
  await first.focus();
  await page.keyboard.press("Alt+ArrowDown");
  await page.getByRole("group", { name: "Heading, 2 of 5" }).waitFor();
  await expect.poll(() => focused()).toBe("Heading, 2 of 5");
  await page.keyboard.press("Alt+ArrowUp");
  await expect.poll(() => focused()).toBe("Heading, 1 of 5");
  await page.keyboard.press("Control+d");
  await expect.poll(() => focused()).toBe("Heading, 2 of 6");
  await page.keyboard.press("Enter");
  await page.keyboard.press("Control+a");
  await page.keyboard.type("Typed by keyboard");
  await page.keyboard.press("Escape");
  await expect.poll(() => focused()).toBe("Heading, 2 of 6");
  await shows("Typed by keyboard");
  await page.keyboard.press("Control+x");
  await page.getByRole("group", { name: "Heading, 1 of 5" }).waitFor();
  await page.keyboard.press("ArrowDown");
  await page.keyboard.press("Control+v");
  await shows("Typed by keyboard");
  await page.keyboard.press("Delete");
  await page.getByRole("group", { name: "Heading, 1 of 5" }).waitFor();
});

it("is undone and done again, and is the same thing as the file", async () => {
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("Typed by keyboard").first().waitFor();
  await page.getByRole("button", { name: "Redo" }).click();
  await page.getByRole("group", { name: "Heading, 1 of 5" }).waitFor();

  await page.getByRole("link", { name: "File" }).click();
  const editor = page.getByRole("textbox", { name: "templates/offer.yaml" });
  await editor.waitFor();
  expect(await editor.textContent()).toContain("products: trigger.items");
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# Made of blocks.\n");
  await page.getByRole("link", { name: "Content", exact: true }).click();
  await page.getByRole("group", { name: "Heading, 1 of 5" }).click();
  await page.keyboard.press("Escape");
  await page.keyboard.press("Delete");
  await page.getByRole("group", { name: "Button, 1 of 4" }).waitFor();
  await page.getByRole("link", { name: "File" }).click();
  expect(await editor.textContent()).toContain("# Made of blocks.");
  await page.getByRole("link", { name: "Content", exact: true }).click();
});

it("has another language with blocks of its own, and is published", async () => {
  await page.getByRole("button", { name: "Another language" }).click();
  await page.getByRole("textbox", { name: "Locale" }).last().fill("de");
  await page.getByRole("button", { name: "Add it" }).click();
  await page.getByRole("combobox", { name: "Subject", exact: true }).fill("Hallo");
  await page.getByRole("button", { name: "Write one for this language" }).click();
  await page.getByRole("combobox", { name: /^What is on it: Button/ }).fill("Ansehen");
  await shows("Ansehen");
  await page.locator(".preview-head strong", { hasText: "Hallo" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "blocks-language");
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
});

it.each([
  ["desktop", 1280],
  ["phone", 390],
])("is usable at the width of a %s in both themes", async (name, width) => {
  for (const colorScheme of ["light", "dark"] as const) {
    const other = await home.open({ viewport: { width, height: 800 }, colorScheme });
    const cookies = await page.context().cookies();
    await other.context().addCookies(cookies.map(({ name, value }) => ({ name, value, url: home.address })));
    await other.goto("/templates/offer");
    await other.getByRole("group", { name: "Button, 1 of 4" }).waitFor();
    await other.getByRole("group", { name: "Button, 1 of 4" }).focus();
    await expect.poll(() => other.getByText("Loading …").count()).toBe(0);
    expect(await violations(other)).toEqual([]);
    const overflow = await other.evaluate(
      () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
    );
    expect(overflow, "it is wider than the window").toBeLessThanOrEqual(0);
    await picture(other, `blocks-${name}-${colorScheme}`);
  }
});

function focused(): Promise<string | null> {
  return page.evaluate(() => document.activeElement?.getAttribute("aria-label") ?? null);
}
