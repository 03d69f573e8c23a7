/** A real installation for a test: the binary with a database of its own, its development inbox, and a browser. */
import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { createInterface } from "node:readline";
import { AxeBuilder } from "@axe-core/playwright";
import { type Browser, type BrowserContext, chromium, type Page } from "playwright-core";

const ROOT = resolve(import.meta.dirname, "../..");
const WEND = process.env.WEND_BINARY ?? join(ROOT, "target/debug/wend");

/** Where pictures of the pages are put, to be looked at. */
const PICTURES = join(ROOT, "target/screenshots");

/** Where Debian's package `chromium` puts it. */
const CHROMIUM = "/usr/bin/chromium";

/** How long anything may take on a busy machine. */
const PATIENCE_MS = 30_000;

export const OWNER = { name: "Ada Lovelace", email: "ada@shop.example", password: "a few easy words" };

export type House = {
  address: string;
  inbox: string;
  browser: Browser;
  /** A page in a window of its own, nobody signed in. */
  open: (options?: Parameters<Browser["newContext"]>[0]) => Promise<Page>;
  close: () => Promise<void>;
};

export async function house(): Promise<House> {
  const folder = mkdtempSync(join(tmpdir(), "wend-web-"));
  const children: ChildProcess[] = [];
  const inbox = await started(children, ["inbox", "--smtp", "127.0.0.1:0", "--http", "127.0.0.1:0"]);
  const smtp = found(inbox, /smtp:\/\/[\d.:]+/);
  const inboxAddress = found(inbox, /http:\/\/[\d.:]+/);
  const lines = await started(children, [
    "serve",
    "--listen",
    "127.0.0.1:0",
    "--data",
    folder,
    "--smtp",
    smtp,
    "--inbox",
    inboxAddress,
  ]);
  const address = found(lines, /http:\/\/[\d.:]+/);
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ["--no-sandbox"] });
  const contexts: BrowserContext[] = [];
  const failures: string[] = [];
  return {
    address,
    inbox: inboxAddress,
    browser,
    async open(options) {
      const context = await browser.newContext({ baseURL: address, ...options });
      context.setDefaultTimeout(PATIENCE_MS);
      contexts.push(context);
      const page = await context.newPage();
      page.on("pageerror", (error) => failures.push(`${page.url()}: ${error.stack ?? error.message}`));
      return page;
    },
    async close() {
      for (const context of contexts) await context.close();
      await browser.close();
      for (const child of children) {
        child.kill("SIGTERM");
        if (child.exitCode === null) await new Promise((done) => child.once("exit", done));
      }
      rmSync(folder, { recursive: true, force: true });
      if (failures.length > 0) throw new Error(`scripts failed:\n${failures.join("\n")}`);
    },
  };
}

/** Starts the binary and waits until it has said where it can be reached. */
async function started(children: ChildProcess[], args: string[]): Promise<string> {
  if (!existsSync(WEND)) throw new Error(`${WEND} is not there: build it first`);
  const child = spawn(WEND, args, {
    stdio: ["ignore", "pipe", "pipe"],
    env: { ...process.env, NO_COLOR: "1" },
  });
  children.push(child);
  let said = "";
  return new Promise((done, fail) => {
    const hear = (line: string) => {
      said += `${line}\n`;
      const isReady =
        args[0] === "inbox"
          ? /smtp:\/\/[\d.:]+[\s\S]*http:\/\/|http:\/\/[\s\S]*smtp:\/\//.test(said)
          : /http:\/\//.test(said);
      if (isReady) done(said);
    };
    if (child.stdout) createInterface(child.stdout).on("line", hear);
    if (child.stderr) createInterface(child.stderr).on("line", hear);
    child.once("exit", (code) => fail(new Error(`wend ${args[0]} ended with ${code}:\n${said}`)));
  });
}

function found(text: string, pattern: RegExp): string {
  const match = pattern.exec(text)?.[0];
  if (!match) throw new Error(`nothing like ${pattern} in:\n${text}`);
  return match;
}

/** Makes the owner's account on the first page. */
export async function setUp(page: Page): Promise<void> {
  await page.goto("/");
  await page.getByLabel("Your name").fill(OWNER.name);
  await page.getByLabel("Your e-mail").fill(OWNER.email);
  await page.getByLabel("A password").fill(OWNER.password);
  await page.getByRole("button", { name: "Create the owner’s account" }).click();
  await page.getByRole("heading", { name: "Overview" }).waitFor();
}

/** Asks the server to do something, as who is signed in. */
export async function post(page: Page, path: string, data: object): Promise<unknown> {
  const session = (await (await page.request.get("/app/session")).json()) as {
    person: { csrf_token: string };
  };
  const headers = { "x-csrf-token": session.person.csrf_token };
  const answer = await page.request.post(path, { data, headers });
  if (!answer.ok()) throw new Error(`${path}: ${await answer.text()}`);
  return answer.json();
}

/** Publishes files, and answers the secret of a key that sends events. */
export async function published(page: Page, files: { path: string; text: string }[]): Promise<string> {
  await post(page, "/api/v1/apply", { files });
  const key = await post(page, "/api/v1/keys", { name: "website", scope: "ingest" });
  return (key as { secret: string }).secret;
}

/** Frames of mails: no script can run in them, and what stands there is the mail's own affair. */
const MAILS = "iframe[sandbox]";

/** Whatever axe finds wrong with a page (WCAG 2.2 AA), in words. */
export async function violations(page: Page): Promise<string[]> {
  const tags = ["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"];
  const { violations } = await new AxeBuilder({ page }).withTags(tags).exclude(MAILS).analyze();
  return violations.map((it) => `${it.id}: ${it.nodes.map((node) => node.target.join(" ")).join(", ")}`);
}

/** Puts a picture of the page under target/screenshots. */
export async function picture(page: Page, name: string): Promise<void> {
  mkdirSync(PICTURES, { recursive: true });
  await page.screenshot({ path: join(PICTURES, `${name}.png`), fullPage: true });
}
