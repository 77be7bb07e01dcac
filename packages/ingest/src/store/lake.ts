import { type Dirent, existsSync } from "node:fs";
import { mkdir, open, readdir, readFile, rename, rm } from "node:fs/promises";
import { dirname, join } from "node:path";
import { errorCode, IntegrityError } from "@aftershock/schema";
import { lakePaths, type LakePaths, partitionFolder, type PartitionKey } from "./lakePaths.ts";
import { LAKE_VERSION, type Manifest } from "./manifest.ts";

export const MANIFEST_FILE = "manifest.json";
/** Bad rows of the partition, one JSON object a line: `{file, line, reason, text}`. */
export const QUARANTINE_FILE = "quarantine.jsonl";

/** The key of the partition that a manifest describes. */
export const keyOf = ({ stream, instrument, date }: Manifest): PartitionKey => ({
  stream,
  venue: instrument.venue,
  symbol: instrument.symbol,
  date,
});

/** Writes a file and makes sure that it is on the disk before anything refers to it. */
export async function writeDurably(path: string, data: string): Promise<void> {
  const handle = await open(path, "w");
  try {
    await handle.writeFile(data);
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const handle = await open(path, "r");
  try {
    await handle.sync();
  } finally {
    await handle.close();
  }
}

async function readManifest(path: string): Promise<Manifest> {
  const text = await readFile(path, "utf8");
  try {
    const manifest = JSON.parse(text) as Manifest;
    if (manifest.lakeVersion === LAKE_VERSION) return manifest;
    throw new IntegrityError(
      `${path}: lake version ${manifest.lakeVersion}, this program reads ${LAKE_VERSION}`,
      { hints: ["Ingest the source files again into a new lake."] },
    );
  } catch (cause) {
    if (cause instanceof IntegrityError) throw cause;
    throw new IntegrityError(`${path}: is not a manifest`, {
      cause,
      hints: ["Delete the partition's folder and ingest its source again."],
    });
  }
}

const isMissing = (error: unknown): boolean =>
  ["ENOENT", "ENOTDIR"].includes(errorCode(error) ?? "");

async function childFolders(folder: string, prefix: string): Promise<readonly string[]> {
  const entries = await readdir(folder, { withFileTypes: true }).catch((error: unknown) => {
    if (isMissing(error)) return [] as Dirent[];
    throw error;
  });
  return entries
    .filter((entry) => entry.isDirectory() && entry.name.startsWith(prefix))
    .map((entry) => join(folder, entry.name))
    .toSorted();
}

/** A lake on disk. Nothing is locked: a partition is found by its manifest, which appears whole or not at all. */
export class Lake {
  readonly paths: LakePaths;

  constructor(root: string) {
    this.paths = lakePaths(root);
  }

  folder(key: PartitionKey): string {
    return join(this.paths.root, partitionFolder(key));
  }

  /** The Parquet file of a partition. */
  rowsFile(manifest: Manifest): string {
    return join(this.folder(keyOf(manifest)), manifest.file);
  }

  /** The manifest of a partition, undefined when the lake does not hold it. */
  async find(key: PartitionKey): Promise<Manifest | undefined> {
    const path = join(this.folder(key), MANIFEST_FILE);
    return existsSync(path) ? readManifest(path) : undefined;
  }

  /** All partitions, by stream, venue, symbol and date. An absent lake is an empty one. */
  async list(): Promise<readonly Manifest[]> {
    let folders: readonly string[] = [this.paths.root];
    for (const level of ["stream=", "venue=", "symbol=", "date="]) {
      folders = (await Promise.all(folders.map((folder) => childFolders(folder, level)))).flat();
    }
    const manifests = folders.map((folder) => join(folder, MANIFEST_FILE)).filter(existsSync);
    return Promise.all(manifests.map(readManifest));
  }

  /** Makes the folders above a partition, so that a commit cannot fail for them. */
  async makeRoom(key: PartitionKey): Promise<void> {
    await mkdir(dirname(this.folder(key)), { recursive: true });
  }

  /**
   * Puts a staged folder (rows, quarantine, manifest) into its place. A new partition appears by one rename of its folder; an
   * old one is replaced by one rename of its manifest, and its old rows go after that. Killed at any moment, the lake holds
   * the old partition or the new one, whole. `expected` is what the new one was made from; throws IntegrityError when the
   * partition is another now. The caller holds the partition's lock.
   */
  async commit(staged: string, manifest: Manifest, expected: Manifest | undefined): Promise<void> {
    const folder = this.folder(keyOf(manifest));
    await syncFile(join(staged, manifest.file));
    const old = await this.find(keyOf(manifest));
    if (JSON.stringify(old) !== JSON.stringify(expected)) {
      throw new IntegrityError(`${folder}: another process has changed the partition meanwhile`, {
        hints: ["Run the command again: it then takes the change into account."],
      });
    }
    if (old === undefined) {
      // What a killed commit may have left has no manifest, and is not a partition.
      await rm(folder, { recursive: true, force: true });
      await rename(staged, folder);
    } else {
      await rename(join(staged, manifest.file), join(folder, manifest.file));
      const bad = join(staged, QUARANTINE_FILE);
      if (existsSync(bad)) await rename(bad, join(folder, QUARANTINE_FILE));
      await rename(join(staged, MANIFEST_FILE), join(folder, MANIFEST_FILE));
      if (old.file !== manifest.file) await rm(join(folder, old.file), { force: true });
      if (manifest.quality.quarantined === 0)
        await rm(join(folder, QUARANTINE_FILE), { force: true });
    }
    await syncFile(dirname(folder));
  }
}
