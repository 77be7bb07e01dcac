import { existsSync } from "node:fs";
import type { Browser, Page } from "playwright-core";

/** Debian's Chromium; a browser test says so and is skipped where it is not. */
export const CHROMIUM = "/usr/bin/chromium";
export const hasChromium: boolean = existsSync(CHROMIUM);

/** Starts Chromium with everything off that would talk to a host of its own. */
export async function launchChromium(): Promise<Browser> {
  const { chromium } = await import("playwright-core");
  return chromium.launch({
    executablePath: CHROMIUM,
    args: [
      "--no-sandbox",
      "--disable-gpu",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
    ],
  });
}

/** What a page did that a reader would not see. */
export interface PageLog {
  /** Errors on the console and uncaught ones. */
  readonly errors: string[];
  /** Addresses asked of any host but the page's own. */
  readonly offHost: string[];
}

/** Opens an address in a new page and waits until it is quiet. */
export async function openPage(
  browser: Browser,
  address: string,
  viewport: { readonly width: number; readonly height: number },
): Promise<{ readonly page: Page; readonly log: PageLog }> {
  const page = await browser.newPage({ viewport });
  const log: PageLog = { errors: [], offHost: [] };
  page.on("console", (message) => {
    if (message.type() === "error") log.errors.push(message.text());
  });
  page.on("pageerror", (error) => log.errors.push(error.message));
  page.on("request", (request) => {
    const url = new URL(request.url());
    if (!["data:", "blob:"].includes(url.protocol) && url.origin !== new URL(address).origin)
      log.offHost.push(url.href);
  });
  await page.goto(address, { waitUntil: "networkidle" });
  return { page, log };
}
