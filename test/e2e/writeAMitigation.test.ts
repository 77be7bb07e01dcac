import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";
import { PRESETS } from "@aftershock/simulator";
import {
  changedRules,
  checkMitigation,
  type Mitigation,
  type ScenarioOutcome,
} from "@aftershock/strategy";
import { afterAll, beforeAll, describe, expect, it } from "vitest";

const ROOT = resolve(import.meta.dirname, "../..");
/** Where the page has the checkout: the one thing that readers put their own in for. */
const CHECKOUT = "~/aftershock";

const page = readFileSync(join(ROOT, "docs/write-a-mitigation.md"), "utf8");
const blocks = [...page.matchAll(/(?<before>.*?)^```(?<kind>\w+)\n(?<text>.*?)^```$/gms)].map(
  ({ groups: { before = "", kind = "", text = "" } = {} }) => ({ before, kind, text }),
);

/** The files of the page, by the name that the prose before each says last. */
const files = blocks
  .filter(({ kind }) => kind === "ts")
  .map(({ before, text }) => ({
    name: [...before.matchAll(/`(\w+\.ts)`/g)].at(-1)?.[1] ?? "",
    text,
  }));

/** What is typed, and the lines that the page shows of what it prints. */
const typed = blocks.flatMap(({ kind, text }, i) => {
  const next = blocks[i + 1];
  const shown = next?.kind === "text" ? next.text.trim().split("\n") : [];
  return kind === "sh" ? [{ command: text.trim(), shown }] : [];
});

let folder: string;
const printed = new Map<string, string>();

/** Runs a command of the page in a shell of its own, after the first, which names the program. */
function shell(command: string): Promise<string> {
  const script = `${typed[0]?.command ?? ""}\n${command}`.replaceAll(CHECKOUT, ROOT);
  const { INIT_CWD: _, AFTERSHOCK_LAKE: __, ...environment } = process.env;
  // What is installed already is not asked for again.
  const env = { ...environment, npm_config_prefer_offline: "true" };
  return new Promise((done, failed) => {
    execFile(
      "bash",
      ["-euo", "pipefail", "-c", script],
      { cwd: folder, env },
      (error, stdout, stderr) => {
        if (error === null) done(stdout);
        else failed(new Error(`${command}\n${stdout}\n${stderr}`));
      },
    );
  });
}

beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-page-"));
  for (const { name, text } of files) await writeFile(join(folder, name), text);
  for (const { command } of typed) printed.set(command, await shell(command));
}, 240_000);
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("docs/write-a-mitigation.md, done word for word in an empty folder", () => {
  it("has a mitigation of at most 20 lines, and a study of three that lists it", () => {
    expect(files.map(({ name }) => name)).toEqual(["fundFirst.ts", "study.ts"]);
    const [mitigation = 0, study = 0] = files.map(({ text }) => text.trimEnd().split("\n").length);
    expect(mitigation).toBeLessThanOrEqual(20);
    expect(study).toBe(3);
    expect(typed.map(({ command }) => command.split(/[ (]/, 2).join(" "))).toEqual([
      "aftershock )",
      "aftershock simulate",
      "aftershock run",
      "aftershock simulate",
    ]);
  });

  it.each(typed.filter(({ shown }) => shown.length > 0))(
    "prints what the page shows: $command",
    ({ command, shown }) => {
      const lines = printed.get(command)?.split("\n");
      for (const line of shown) expect(lines).toContain(line);
    },
  );

  it("has no change as the record, and a fund that keeps forced selling off the book", async () => {
    const [, reports = ""] = /`(reports\/\S+)\/results\.json`/.exec(page) ?? [];
    const text = await readFile(join(folder, reports, "results.json"), "utf8");
    const { scenarios } = JSON.parse(text) as { readonly scenarios: readonly ScenarioOutcome[] };
    const [same, none, small, large] = scenarios;
    expect(same).toMatchObject({ identical: true, pathHash: same?.recordHash });
    expect(same?.forcedSold.mid).toBeGreaterThan(1e6);
    for (const fund of [small, large]) {
      expect(fund?.pathHash).not.toBe(same?.recordHash);
      expect(fund?.band).toHaveProperty("none");
      expect(fund?.forcedSold.mid).toBe(0);
      expect(fund?.takenOver.mid).toBeGreaterThan(1e6);
      expect(fund?.low30.mid).toBeGreaterThan(same?.low30.mid ?? Infinity);
      expect(fund?.low30.mid).toBeLessThan(none?.low30.mid ?? 0);
    }
    const [, deleveraged] = /fund of 5 (\S+) m USD were auto-deleveraged/.exec(page) ?? [];
    const [, left] = /it ends with (\S+) BTC\. The price/.exec(page) ?? [];
    expect(((small?.adl.mid ?? 0) / 1e6).toFixed(1)).toBe(deleveraged);
    expect([small?.fund.mid, large?.adl.mid]).toEqual([0, 0]);
    expect(large?.fund.mid?.toFixed(2)).toBe(left);
    const report = await readFile(join(folder, reports, "report.html"), "utf8");
    for (const shown of [deleveraged, left]) expect(report).toContain(`>${shown}<`);
  });

  it("has a mitigation that passes the checks of a run, whatever its size", async () => {
    const { fundFirst } = (await import(pathToFileURL(join(folder, "fundFirst.ts")).href)) as {
      readonly fundFirst: (size: number) => Mitigation;
    };
    checkMitigation(fundFirst(500));
    for (const { rules } of Object.values(PRESETS)) {
      expect(changedRules(fundFirst(500), rules).insuranceFund).toBe(500);
    }
  });
});
