import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { readFileSync } from "node:fs";
import { delimiter, dirname, join } from "node:path";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { CHROMIUM, hasChromium, launchChromium, openPage } from "./openPage.ts";
import { staticHost } from "./staticHost.ts";

const notebooks = join(import.meta.dirname, "../../notebooks");

/** Runs a script of the notebooks' package.json on the Node that runs this test. */
function runScript(name: string): void {
  const { scripts } = JSON.parse(readFileSync(join(notebooks, "package.json"), "utf8")) as {
    readonly scripts: Readonly<Record<string, string>>;
  };
  const path = [
    dirname(process.execPath),
    join(notebooks, "node_modules/.bin"),
    process.env["PATH"],
  ];
  const { status, stdout, stderr } = spawnSync(scripts[name] ?? "", {
    cwd: notebooks,
    shell: true,
    encoding: "utf8",
    env: { ...process.env, PATH: path.join(delimiter) },
  });
  if (status !== 0) throw new Error(`${name} ended with ${status}\n${stdout}\n${stderr}`);
}

/** Starts `notebooks preview` and waits for the address that it prints. */
async function startPreview(): Promise<{ readonly origin: string; close(): Promise<void> }> {
  const program = join(notebooks, "node_modules/@observablehq/notebook-kit/dist/bin/notebooks.js");
  const child = spawn(process.execPath, [program, "preview"], {
    cwd: notebooks,
    env: { ...process.env, NO_COLOR: "1" },
    stdio: ["ignore", "pipe", "inherit"],
  });
  let printed = "";
  const output = child.stdout.setEncoding("utf8");
  for await (const text of output.iterator({ destroyOnReturn: false })) {
    printed += String(text);
    const [origin] = /http:\/\/localhost:\d+/.exec(printed) ?? [];
    if (origin !== undefined) {
      // What it prints later must not block it.
      output.resume();
      const close = async (): Promise<void> => {
        const ended = once(child, "exit");
        child.kill();
        await ended;
      };
      return { origin, close };
    }
  }
  throw new Error(`the preview ended: ${printed}`);
}

describe.skipIf(!hasChromium)(`the notebook of the demo day, built (needs ${CHROMIUM})`, () => {
  let browser: Browser;
  let host: Awaited<ReturnType<typeof staticHost>>;

  beforeAll(async () => {
    runScript("build");
    [browser, host] = await Promise.all([launchChromium(), staticHost(join(notebooks, "dist"))]);
  }, 180_000);

  afterAll(async () => {
    await Promise.all([browser?.close(), host?.close()]);
  });

  it.each([
    { name: "desktop", width: 1280, height: 900 },
    { name: "phone", width: 390, height: 844 },
  ])(
    "draws every figure at $name width, without an error and without another host",
    async ({ width, height }) => {
      const { page, log } = await openPage(browser, `${host.origin}/demo-day.html`, {
        width,
        height,
      });
      expect(log).toEqual({ errors: [], offHost: [] });
      await page.getByRole("heading", { name: "What data this stands on" }).waitFor();
      await page.locator('svg[aria-label="The hedges sold at the bids, USD"]').waitFor();

      const drawn = await page.locator("svg[aria-label]").all();
      const figures = await Promise.all(drawn.map((svg) => svg.getAttribute("aria-label")));
      expect(figures).toEqual([
        "Price with liquidation prints",
        "The minutes of the liquidations",
        "Liquidations per minute",
        "Depth through time",
        "Spread through time",
        "The book at the chosen minute",
        "The hedges at marks, USD",
        "The hedges sold at the bids, USD",
      ]);
      expect(await page.locator(".observablehq--error").allTextContents()).toEqual([]);
      expect(await page.getByText("SIMULATED").first().isVisible()).toBe(true);
      const overflow = await page.evaluate("document.documentElement.scrollWidth - innerWidth");
      expect(overflow).toBeLessThanOrEqual(0);
      expect(log).toEqual({ errors: [], offHost: [] });
      await page.close();
    },
  );

  it("shows another minute of the book when the reader asks for it", async () => {
    const { page, log } = await openPage(browser, `${host.origin}/demo-day.html`, {
      width: 1280,
      height: 900,
    });
    const book = page.locator('svg[aria-label="The book at the chosen minute"]');
    await book.waitFor();
    const shown = page.locator("dt", { hasText: /^at$/ }).locator("+ dd");
    const before = await shown.textContent();
    await page.locator("input[type=number]").fill("10");
    await expect.poll(() => shown.textContent()).not.toBe(before);
    expect(await book.locator('[aria-label="rule"] line').count()).toBeGreaterThan(10);
    expect(log.errors).toEqual([]);
    await page.close();
  });

  it("is served live by the preview, without another host", async () => {
    const preview = await startPreview();
    try {
      const { page, log } = await openPage(browser, `${preview.origin}/demo-day.html`, {
        width: 1280,
        height: 900,
      });
      await page.locator('svg[aria-label="The hedges sold at the bids, USD"]').waitFor();
      expect(log.offHost).toEqual([]);
      await page.close();
    } finally {
      await preview.close();
    }
  }, 60_000);
});
