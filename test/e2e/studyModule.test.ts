import { mkdtemp, readdir, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { aftershock } from "./aftershock.ts";

/** A study of the demo's day, in TypeScript, that prints while it loads and while it runs. */
const STUDY = `
import { defineStudy, unhedged, type Study } from "aftershock";
import { isoMicros } from "@aftershock/schema";
import { Lake } from "@aftershock/ingest/lake";
console.log("loads", isoMicros(0), typeof Lake);
console.info("info");
console.debug("debug");
console.table([1]);
const hedge = unhedged();
const study: Study = defineStudy({
  name: "outside",
  day: "2001-01-21",
  venue: "sim",
  portfolio: { BTC: 1 },
  hedges: [new Proxy(hedge, { get: (from, key) => (console.log("runs"), Reflect.get(from, key)) })],
});
export default study;
`;

let folder: string;
let lake: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-study-"));
  lake = join(folder, "lake");
  await aftershock(lake, "run", "demo", "--out", join(folder, "demo"));
  await write("study.ts", STUDY);
});
afterAll(() => rm(folder, { recursive: true, force: true }));

async function write(name: string, text: string): Promise<string> {
  const path = join(folder, name);
  await writeFile(path, text);
  return path;
}

describe("a study outside the workspace", () => {
  it("imports aftershock, and prints to stderr only", async () => {
    const out = join(folder, "out");
    const study = join(folder, "study.ts");
    const { code, stdout, stderr } = await aftershock(lake, "run", study, "--out", out, "--json");
    expect(stderr).toMatch(/^loads 1970-01-01T00:00:00\.000000Z function\ninfo\ndebug\n/);
    expect(stderr).toMatch(/^runs$/m);
    expect(code).toBe(0);
    expect(JSON.parse(stdout)).toMatchObject({ name: "outside" });
    expect((await readdir(out)).toSorted()).toContain("report.html");
  });

  it("must come from defineStudy", async () => {
    const text = `export default { name: "x", day: "2001-01-01", hedges: [], portfolio: {} };`;
    const { code, stderr } = await aftershock(lake, "run", await write("fake.mjs", text));
    expect(stderr).toMatch(/^error: .*fake\.mjs: the default export is not a study\nhint: .+\n$/);
    expect(code).toBe(1);
  });

  it("must finish loading", async () => {
    const path = await write("never.mjs", "export default await new Promise(() => undefined);");
    const { code, stderr } = await aftershock(lake, "run", path);
    expect(stderr).toMatch(/^error: .*never\.mjs: the study never finishes loading\nhint: .+\n$/);
    expect(code).toBe(1);
  });

  it("does not run when its report could not be written", async () => {
    const study = join(folder, "study.ts");
    const { code, stderr } = await aftershock(lake, "run", study, "--out", join(study, "x"));
    expect(stderr).toMatch(/error: .*study\.ts: is not a folder\nhint: .*--out/);
    expect(stderr).not.toMatch(/Running/);
    expect(code).toBe(1);
  });
});
