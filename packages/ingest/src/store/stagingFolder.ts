import { randomUUID } from "node:crypto";
import { existsSync, readdirSync, rmSync } from "node:fs";
import { mkdir, open, readdir, readFile, rm } from "node:fs/promises";
import { hostname } from "node:os";
import { join } from "node:path";
import { errorCode, IntegrityError } from "@aftershock/schema";
import type { Lake } from "./lake.ts";

/** What this process's folders and locks in the staging folder start with: whose they are can be told from the name. */
const OWNER = `${hostname().replaceAll(/[^A-Za-z0-9]/g, "_")}-${process.pid}`;

/** How many commits this process has under way. */
let commits = 0;

/** The process that a name in the staging folder belongs to, if it is one of this machine. */
function ownerPid(name: string): number | undefined {
  const [host, pid] = name.split("-");
  if (host !== OWNER.split("-")[0] || pid === undefined || !/^\d+$/.test(pid)) return undefined;
  return Number(pid);
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it lives, and is somebody else's.
    return errorCode(error) === "EPERM";
  }
}

/** Removes what killed processes of this machine left in the staging folder; nothing of it was ever part of the lake. */
export async function sweepStaging(lake: Lake): Promise<void> {
  const names = await readdir(lake.paths.staging).catch(() => [] as string[]);
  for (const name of names) {
    const pid = ownerPid(name);
    if (pid === undefined || isAlive(pid)) continue;
    await rm(join(lake.paths.staging, name), { recursive: true, force: true });
  }
}

/** Makes a folder for work in progress. The caller removes it. */
export async function makeStaging(lake: Lake): Promise<string> {
  const folder = join(lake.paths.staging, `${OWNER}-${randomUUID()}`);
  await mkdir(folder, { recursive: true });
  return folder;
}

/**
 * Removes the staging folders of this process at once: for a process that is told to stop. Returns false when it was putting
 * partitions in place: then some may be there (each whole) and some not.
 */
export function abandonStaging(lake: Lake): boolean {
  if (existsSync(lake.paths.staging)) {
    const own = readdirSync(lake.paths.staging).filter((name) => name.startsWith(`${OWNER}-`));
    for (const name of own)
      rmSync(join(lake.paths.staging, name), { recursive: true, force: true });
  }
  return commits === 0;
}

/** Runs what puts partitions in place, so that abandonStaging knows of it. */
export async function whileCommitting(run: () => Promise<void>): Promise<void> {
  commits += 1;
  await run();
  commits -= 1;
}

async function removeDeadLock(path: string): Promise<void> {
  const owner = await readFile(path, "utf8").catch(() => "");
  const pid = ownerPid(owner);
  if (pid !== undefined && isAlive(pid)) {
    throw new IntegrityError(
      `another ingest (process ${pid}) is putting the same partition in place`,
      {
        hints: ["Run the command again when it is done."],
      },
    );
  }
  await rm(path, { force: true });
}

/** Runs something while no other process of this machine runs it for the same name. */
export async function withLock<T>(lake: Lake, name: string, run: () => Promise<T>): Promise<T> {
  const path = join(lake.paths.staging, `lock-${name}`);
  await mkdir(lake.paths.staging, { recursive: true });
  const take = async (): Promise<void> => {
    const file = await open(path, "wx");
    await file.writeFile(OWNER);
    await file.close();
  };
  await take().catch(async (error: unknown) => {
    if (errorCode(error) !== "EEXIST") throw error;
    await removeDeadLock(path);
    await take();
  });
  try {
    return await run();
  } finally {
    await rm(path, { force: true });
  }
}
