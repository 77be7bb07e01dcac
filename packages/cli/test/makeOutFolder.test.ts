import { existsSync } from "node:fs";
import { mkdtemp, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { ConfigError } from "@aftershock/schema";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { makeOutFolder } from "../src/makeOutFolder.ts";

let folder: string;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-out-"));
  await writeFile(join(folder, "file"), "");
});
afterAll(() => rm(folder, { recursive: true, force: true }));

describe("makeOutFolder", () => {
  it("makes the folder and those above it, and takes one that is there", async () => {
    const path = join(folder, "a", "b", "c");
    await makeOutFolder(path);
    await makeOutFolder(path);
    expect((await stat(path)).isDirectory()).toBe(true);
  });

  it("refuses a file, and what lies below one", async () => {
    const file = join(folder, "file");
    for (const path of [file, join(file, "x")]) {
      await expect(makeOutFolder(path)).rejects.toThrow(`${file}: is not a folder`);
      await expect(makeOutFolder(path)).rejects.toThrow(ConfigError);
    }
  });

  it("refuses a link that leads nowhere", async () => {
    await symlink(join(folder, "nowhere"), join(folder, "link"));
    await expect(makeOutFolder(join(folder, "link"))).rejects.toThrow(/cannot be written \(ENOENT/);
  });

  it.skipIf(!existsSync("/proc/self"))("does not try for ever below /proc", async () => {
    await expect(makeOutFolder("/proc/zzz/a")).rejects.toThrow(/cannot be written/);
  });
});
