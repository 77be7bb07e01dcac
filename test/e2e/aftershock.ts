import { execFile, spawn, type ChildProcess } from "node:child_process";
import { resolve } from "node:path";

const COMMAND = resolve(import.meta.dirname, "../../packages/cli/bin/aftershock.js");
const NODE_FLAGS = ["--conditions=@aftershock/source"];

/** What a run of the command left. */
export interface Finished {
  readonly code: number;
  readonly stdout: string;
  readonly stderr: string;
}

const environment = (lake: string): NodeJS.ProcessEnv => {
  const { INIT_CWD: _, ...rest } = process.env;
  return { ...rest, AFTERSHOCK_LAKE: lake };
};

/** Runs the command as a user does, in a process of its own. */
export function aftershock(lake: string, ...args: readonly string[]): Promise<Finished> {
  return new Promise((done) => {
    execFile(
      process.execPath,
      [...NODE_FLAGS, COMMAND, ...args],
      { env: environment(lake), maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number((error as { code?: number | string }).code ?? 1);
        done({ code, stdout, stderr });
      },
    );
  });
}

/** As `aftershock`, in a process that can write no file of more than `bytes`. */
export function aftershockLimited(
  lake: string,
  bytes: number,
  ...args: readonly string[]
): Promise<Finished> {
  const limit = `ulimit -f ${Math.floor(bytes / 1_024)}; exec "$0" "$@"`;
  return new Promise((done) => {
    execFile(
      "bash",
      ["-c", limit, process.execPath, ...NODE_FLAGS, COMMAND, ...args],
      { env: environment(lake), maxBuffer: 1 << 28 },
      (error, stdout, stderr) => {
        const code = error === null ? 0 : Number((error as { code?: number | string }).code ?? 1);
        done({ code, stdout, stderr });
      },
    );
  });
}

/** The parsed JSON document of a run that must succeed. */
export async function json<T>(lake: string, ...args: readonly string[]): Promise<T> {
  const { code, stdout, stderr } = await aftershock(lake, ...args, "--json");
  if (code !== 0) throw new Error(`aftershock ${args.join(" ")} ended with ${code}: ${stderr}`);
  return JSON.parse(stdout) as T;
}

/** Starts the command without waiting for it. */
export const start = (lake: string, ...args: readonly string[]): ChildProcess =>
  spawn(process.execPath, [...NODE_FLAGS, COMMAND, ...args], {
    env: environment(lake),
    stdio: "ignore",
  });
