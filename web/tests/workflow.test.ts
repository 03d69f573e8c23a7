/** Workflows drawn, changed and published in the browser. */

import type { Page } from "playwright-core";
import { afterAll, beforeAll, expect, it } from "vitest";
import { type House, house, picture, setUp, violations } from "./house";

let home: House;
let page: Page;

beforeAll(async () => {
  home = await house();
  page = await home.open({ viewport: { width: 1400, height: 900 } });
  await setUp(page);
});

afterAll(async () => {
  await home.close();
});

it("begins a workflow, adds steps on its lines, and publishes it", async () => {
  await page.goto("/workflows");
  await page.getByRole("button", { name: "New workflow" }).click();
  await page.getByLabel("Name").fill("hello");
  await page.getByRole("button", { name: "Begin" }).click();
  await page.getByRole("heading", { name: "hello" }).waitFor();
  await page.getByText("No errors").waitFor();

  await page.getByRole("button", { name: "Add a step here" }).last().click();
  await page.getByRole("button", { name: "Branch" }).click();
  await page.getByRole("button", { name: "Add a step here: else" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "End here" }).click();
  await picture(page, "canvas");
  await page.getByText("No errors").waitFor();
  await picture(page, "canvas");
  expect(await violations(page)).toEqual([]);

  await page.getByRole("button", { name: "Publish …" }).click();
  await page.getByRole("button", { name: "Publish now" }).click();
  await page.getByText("Published as revision").waitFor();
  await page.getByRole("button", { name: "Close" }).click();
  await page.getByText("live", { exact: true }).waitFor();
});

it("shows what is wrong at the step concerned, and undoes it", async () => {
  await page.goto("/workflows/hello");
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Add a step here" }).first().click();
  await page.getByRole("button", { name: "Send a message" }).click();
  await page
    .getByText(/\d errors?/)
    .first()
    .waitFor();
  await page.locator(".node.has-errors").waitFor();
  await page.getByRole("button", { name: "Undo" }).click();
  await page.getByText("No errors").waitFor();
});

it("shows the text beside the drawing: an edit of either is seen in the other, and comments stay", async () => {
  await page.goto("/workflows/hello");
  await page.getByRole("button", { name: "File" }).click();
  const editor = page.getByRole("textbox", { name: "workflows/hello.yaml" });
  await editor.click();
  await page.keyboard.press("Control+Home");
  await page.keyboard.type("# For everybody who signs up.\n");
  await page.locator(".node", { hasText: "a-day" }).click();
  await page.getByRole("textbox", { name: "For a while" }).fill("2d");
  await page.getByRole("textbox", { name: "For a while" }).press("Enter");
  await page.getByText("wait: 2d").first().waitFor();
  expect(await editor.textContent()).toContain("# For everybody who signs up.");
  await picture(page, "canvas-and-text");
});

it("has a form for what a step says, and shows what is wrong at the field concerned", async () => {
  await page.goto("/workflows/hello");
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Add a step here" }).first().click();
  await page.getByRole("button", { name: "Task for a person" }).click();
  const title = page.getByRole("combobox", { name: "Title" });
  await title.fill("Call {{ contact.fir");
  await page.getByRole("option", { name: "contact.first_name" }).waitFor();
  await picture(page, "liquid-completion");
  await title.press("Enter");
  expect(await title.inputValue()).toBe("Call {{ contact.first_name }}");
  await page.getByLabel("Time to do it").fill("soon");
  await page.getByLabel("Time to do it").press("Enter");
  await page.locator(".form-field.has-errors", { hasText: "Time to do it" }).locator(".is-error").waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "form-with-an-error");
  await page.getByRole("button", { name: "Discard my changes" }).click();
  await page.getByText("No errors").waitFor();
});

it("edits a condition by the builder, and names the way by it", async () => {
  await page.goto("/workflows/hello");
  await page.locator(".node", { hasText: "Branch" }).click();
  await page.locator(".panel").getByRole("button", { name: "Add a condition" }).waitFor();
  expect(await violations(page)).toEqual([]);
  await picture(page, "branch-form");
});

it("copies a branch with everything on it, pastes it, and finds steps", async () => {
  await page.context().grantPermissions(["clipboard-read", "clipboard-write"]);
  await page.goto("/workflows/hello");
  await page.getByText("No errors").waitFor();
  const branches = page.locator(".node.branch");
  await branches.first().click();
  await page.locator(".react-flow__node.selected").focus();
  await page.keyboard.press("Control+c");
  await page.keyboard.press("Control+v");
  await branches.nth(1).waitFor();
  await page.keyboard.press("ArrowUp");
  await page.keyboard.press("Delete");
  await branches.nth(1).waitFor({ state: "detached" });
  await page.keyboard.press("/");
  await page.keyboard.type("end here");
  await page.locator("#found-steps").getByRole("option").first().waitFor();
  await picture(page, "find-a-step");
  await page.keyboard.press("Enter");
  await page.getByRole("heading", { name: "End here" }).waitFor();
  await page.getByRole("button", { name: "Discard my changes" }).click();
  await page.getByText("No errors").waitFor();
});

it("drags a step onto another line", async () => {
  await page.goto("/workflows/hello");
  await page.getByText("No errors").waitFor();
  const kinds = () =>
    page.locator(".node.step").evaluateAll((nodes) => nodes.map((it) => it.className.split(" ")[3]));
  const before = await kinds();
  await page
    .locator(".node.wait")
    .first()
    .dragTo(page.getByRole("button", { name: /^Add a step here: / }).first());
  await page.getByText("You have changes that are not published.").waitFor();
  expect(await kinds()).not.toEqual(before);
  await page.getByRole("button", { name: "Discard my changes" }).click();
});

it("chooses several steps at once, doubles, cuts and removes them together", async () => {
  await page.goto("/workflows/hello");
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "File" }).click();
  const editor = page.getByRole("textbox", { name: "workflows/hello.yaml" });
  await editor.waitFor();
  // Steps out of view aren't drawn: the file has all.
  const steps = async () => ((await editor.textContent()) ?? "").match(/\bid: /g)?.length ?? 0;
  const before = await steps();
  const chooseTwo = async () => {
    // What was pasted is brought into view: the first step may be out of it.
    await page.locator(".react-flow__controls-fitview").click();
    await page.locator('.react-flow__node[data-id="steps/0"]').focus();
    await page.keyboard.press("Enter");
    await page.locator('.react-flow__node[data-id="steps/0"].selected').waitFor();
    await page.keyboard.press("Shift+ArrowDown");
    await page.getByText("2 steps chosen").waitFor();
  };
  await chooseTwo();
  await picture(page, "canvas-several");
  await page.keyboard.press("Control+d");
  await expect.poll(steps).toBeGreaterThanOrEqual(before + 2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(steps).toBe(before);
  await chooseTwo();
  await page.keyboard.press("Delete");
  await expect.poll(steps).toBeLessThanOrEqual(before - 2);
  await page.getByRole("button", { name: "Undo" }).click();
  await expect.poll(steps).toBe(before);
});

it("is built by keyboard alone", async () => {
  await page.goto("/workflows/hello");
  await page.getByText("No errors").waitFor();
  await page.getByRole("button", { name: "Add a step here" }).first().focus();
  await page.keyboard.press("Enter");
  await page.getByRole("button", { name: "Note" }).focus();
  await page.keyboard.press("Enter");
  await page.locator(".node.note").waitFor();
  await page.keyboard.press("Control+z");
  await page.locator(".node.note").waitFor({ state: "detached" });
});

it("says what a stop means before it does it, and goes on again", async () => {
  await page.goto("/workflows/hello/live");
  await page.getByRole("button", { name: "Emergency stop" }).click();
  await page.getByText("nothing more is sent").waitFor();
  await page.getByLabel("Reason").fill("A wrong price");
  await page.getByRole("dialog").getByRole("button", { name: "Emergency stop" }).click();
  await page.getByText("stopped", { exact: true }).waitFor();
  await page.getByRole("button", { name: "Go on" }).click();
  await page.getByRole("dialog").getByRole("button", { name: "Go on" }).click();
  await page.getByText("live", { exact: true }).first().waitFor();
  expect(await violations(page)).toEqual([]);
});
