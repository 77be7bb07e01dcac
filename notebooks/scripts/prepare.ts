/** What must be there before a notebook is built or previewed: the demo's lake and results, and no query result of an older lake. */
import { spawnSync } from "node:child_process";
import { rmSync } from "node:fs";
import { join } from "node:path";

const notebooks = join(import.meta.dirname, "..");

// Always, and not only where no results are: they may be those of an older version. A lake that holds the day is left as it is,
// and the run takes a second or two. The notebooks read `data/lake`, whatever lake the shell has set.
const { AFTERSHOCK_LAKE: _, ...env } = process.env;
const { status } = spawnSync(
  process.execPath,
  ["--conditions=@aftershock/source", "packages/cli/bin/aftershock.js", "run", "demo"],
  { cwd: join(notebooks, ".."), env, stdio: ["ignore", "ignore", "inherit"] },
);
if (status !== 0) process.exit(status ?? 1);

// Notebook Kit keeps the results of a query under the hash of its text, and does not see that the data changed.
rmSync(join(notebooks, ".observable/cache"), { recursive: true, force: true });
