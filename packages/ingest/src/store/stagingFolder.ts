import { randomUUID } from "node:crypto";
import { existsSync, mkdirSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { link, mkdir, readdir, readFile, rename, rm, writeFile } from "node:fs/promises";
import { hostname } from "node:os";
import { dirname, join } from "node:path";
import { errorCode, IntegrityError } from "@aftershock/schema";
import type { Lake } from "./lake.ts";

/** When a process was started, in ticks of the system; empty where the system does not say (only Linux does). */
function startOf(pid: number): string {
  try {
    // The name of the program, in brackets, may hold spaces: the fields after it are counted.
    return readFileSync(`/proc/${pid}/stat`, "latin1").split(") ").at(-1)?.split(" ")[19] ?? "";
  } catch {
    return "";
  }
}

/**
 * What this process's folders and locks in the staging folder start with: whose they are can be told from the name. With the time
 * of its start, because the numbers of processes are used again.
 */
const OWNER = `${hostname().replaceAll(/[^A-Za-z0-9]/g, "_")}-${process.pid}-${startOf(process.pid)}`;

/** What the names of locks start with. */
const LOCK = "lock-";

/** How many commits this process has under way. */
let commits = 0;

/** A process that a name in the staging folder belongs to. */
interface Owner {
  readonly pid: number;
  readonly start: string;
}

/** The process that a name in the staging folder belongs to, if it is one of this machine. */
function ownerOf(name: string): Owner | undefined {
  const [host, pid, start = ""] = name.split("-");
  if (host !== OWNER.split("-")[0] || pid === undefined || !/^\d+$/.test(pid)) return undefined;
  return { pid: Number(pid), start };
}

function isAlive({ pid, start }: Owner): boolean {
  try {
    process.kill(pid, 0);
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    if (errorCode(error) !== "EPERM") return false;
  }
  const now = startOf(pid);
  return now === "" || start === "" || now === start;
}

/** Removes what killed processes of this machine left in the staging folder; nothing of it was ever part of the lake. */
export async function sweepStaging(lake: Lake): Promise<void> {
  const names = await readdir(lake.paths.staging).catch(() => [] as string[]);
  for (const name of names) {
    const path = join(lake.paths.staging, name);
    const isLock = name.startsWith(LOCK);
    const owner = isLock ? await lockOwner(path) : ownerOf(name);
    if (owner === undefined || isAlive(owner)) continue;
    if (isLock) await removeDeadLock(path);
    else await rm(path, { recursive: true, force: true });
  }
}

/** Makes a folder for work in progress. The caller removes it. */
export async function makeStaging(lake: Lake): Promise<string> {
  const folder = join(lake.paths.staging, `${OWNER}-${randomUUID()}`);
  // At once: a process that is told to stop meanwhile would look for it before it is there.
  mkdirSync(folder, { recursive: true });
  return folder;
}

/**
 * Removes the staging folders of this process at once: for a process that is told to stop. Returns false when it was putting
 * partitions in place: then some may be there (each whole) and some not, and what is staged is left to the next command's sweep, as
 * files of a folder that is on its way into the lake must not be removed.
 */
export function abandonStaging(lake: Lake): boolean {
  if (commits > 0) return false;
  if (existsSync(lake.paths.staging)) {
    const own = readdirSync(lake.paths.staging).filter((name) => name.startsWith(`${OWNER}-`));
    for (const name of own)
      rmSync(join(lake.paths.staging, name), { recursive: true, force: true });
  }
  return true;
}

/** Runs what puts partitions in place, so that abandonStaging knows of it. */
export async function whileCommitting(run: () => Promise<void>): Promise<void> {
  commits += 1;
  try {
    await run();
  } finally {
    commits -= 1;
  }
}

/** The process that a lock says it is of. */
const lockOwner = async (path: string): Promise<Owner | undefined> =>
  ownerOf(await readFile(path, "utf8").catch(() => ""));

/** Removes a lock unless a process of this machine lives that holds it, which it then returns. */
async function removeDeadLock(path: string): Promise<Owner | undefined> {
  const owner = await lockOwner(path);
  if (owner !== undefined && isAlive(owner)) return owner;
  // Moved away first: another process may have removed it meanwhile and taken its own, and a file is moved by one process only.
  const moved = join(dirname(path), `${OWNER}-${randomUUID()}`);
  try {
    await rename(path, moved);
  } catch (error) {
    if (errorCode(error) === "ENOENT") return undefined;
    throw error;
  }
  const taken = await lockOwner(moved);
  const isTaken = taken !== undefined && isAlive(taken);
  if (isTaken) await link(moved, path).catch(() => undefined);
  await rm(moved, { force: true });
  return isTaken ? taken : undefined;
}

/** Runs something while no other process of this machine runs it for the same name. */
export async function withLock<T>(lake: Lake, name: string, run: () => Promise<T>): Promise<T> {
  const path = join(lake.paths.staging, `${LOCK}${name}`);
  await mkdir(lake.paths.staging, { recursive: true });
  // Linked into place, so that it never stands there without its owner's name.
  const draft = join(lake.paths.staging, `${OWNER}-${randomUUID()}`);
  const take = async (): Promise<void> => {
    await writeFile(draft, OWNER);
    try {
      await link(draft, path);
    } finally {
      await rm(draft, { force: true });
    }
  };
  await take().catch(async (error: unknown) => {
    if (errorCode(error) !== "EEXIST") throw error;
    const owner = await removeDeadLock(path);
    if (owner !== undefined) {
      throw new IntegrityError(
        `another ingest (process ${owner.pid}) is putting the same partition in place`,
        {
          hints: ["Run the command again when it is done."],
        },
      );
    }
    await take();
  });
  try {
    return await run();
  } finally {
    await rm(path, { force: true });
  }
}
