import { existsSync } from "node:fs";
import { readdir, rename, stat } from "node:fs/promises";
import { join } from "node:path";
import { ConfigError } from "@aftershock/schema";
import { beginUnfinished, endUnfinished } from "../store/unfinished.ts";

/** The files below a folder, `/` between folders; folders without files count as files. */
async function* filesBelow(folder: string, prefix = ""): AsyncGenerator<string> {
  const entries = await readdir(folder, { withFileTypes: true });
  if (entries.length === 0 && prefix !== "") yield prefix;
  for (const entry of entries) {
    if (entry.isDirectory()) {
      yield* filesBelow(join(folder, entry.name), `${prefix}${entry.name}/`);
    } else yield `${prefix}${entry.name}`;
  }
}

/**
 * Refuses to replace what no earlier export can have written: a folder goes only when every file below it is named as `ours` says.
 * Throws ConfigError.
 */
async function checkReplaceable(path: string, ours: RegExp): Promise<void> {
  if (!(await stat(path)).isDirectory()) return;
  for await (const file of filesBelow(path)) {
    if (ours.test(file)) continue;
    throw new ConfigError(`${path}: holds ${file}, which is no part of such an export`, {
      hints: ["Only an earlier export is replaced: name another place with --out."],
    });
  }
}

/** Where an export is made: in a folder of its own beside its place, so that it appears there by a rename, whole or not at all. */
export class ExportTarget {
  readonly path: string;
  /** What the export is made at. */
  readonly draft: string;
  /** Where DuckDB may spill. */
  readonly spill: string;
  private readonly folder: string;

  private constructor(path: string, folder: string) {
    this.path = path;
    this.folder = folder;
    this.draft = join(folder, "draft");
    this.spill = join(folder, "spill");
  }

  /**
   * Throws ConfigError when something is at the path already, unless it may be replaced: then it must be a file, or a folder with
   * nothing but files that `replace` matches.
   */
  static async open(path: string, replace: RegExp | undefined): Promise<ExportTarget> {
    if (existsSync(path)) {
      if (replace === undefined) {
        throw new ConfigError(`${path}: is there already`, {
          hints: ["Name another place with --out, or replace what is there with --force."],
        });
      }
      await checkReplaceable(path, replace);
    }
    const folder = beginUnfinished(path);
    return new ExportTarget(path, folder);
  }

  /** Puts the export in its place. What was there before is gone only when the new one is there. */
  async finish(): Promise<void> {
    const before = join(this.folder, "before");
    if (existsSync(this.path)) await rename(this.path, before);
    await rename(this.draft, this.path).catch(async (error: unknown) => {
      if (existsSync(before)) await rename(before, this.path);
      throw error;
    });
  }

  /** Removes everything but the finished export. */
  async close(): Promise<void> {
    await endUnfinished(this.folder);
  }
}
