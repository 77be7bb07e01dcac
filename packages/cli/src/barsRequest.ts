import { basename } from "node:path";
import { MAX_FEATURE_DEPTH } from "@aftershock/replay";
import { CliError, type Micros } from "@aftershock/schema";
import { parseBarLength } from "./barLength.ts";
import { userPath } from "./lakeArgument.ts";

/** Options of `aftershock replay` that are of its bars, as they were written. */
export interface BarsFlags {
  readonly bars?: string;
  readonly depth?: number;
  readonly out?: string;
  readonly force?: boolean;
}

/** Bars of features that are to be written into a file. */
export interface BarsRequest {
  /** Length of a bar, µs. */
  readonly every: Micros;
  /** Levels a side. */
  readonly depth: number;
  /** An absolute path. */
  readonly out: string;
  readonly format: "parquet" | "arrow";
  /** Replace a file that is there. */
  readonly force: boolean;
}

const DEFAULT_DEPTH = 10;
const ENDINGS = "Name a file that ends in .parquet or .arrow with --out.";

function formatOf(out: string): BarsRequest["format"] {
  if (/.\.parquet$/i.test(basename(out))) return "parquet";
  if (/.\.(?:arrow|ipc|feather)$/i.test(basename(out))) return "arrow";
  throw new CliError(`--out ${out}: its ending names no format of bars`, { hints: [ENDINGS] });
}

/** Throws CliError where an option is there that is of nothing without --bars. */
function checkNoneAsked({ depth, out, force }: BarsFlags): void {
  const stray = Object.entries({ depth, out, force }).find(([, value]) => value !== undefined)?.[0];
  if (stray === undefined) return;
  throw new CliError(`--${stray} is of bars, and no bars are asked for`, {
    hints: ["Give the length of a bar with --bars, for example --bars 1s."],
  });
}

/** Reads what is asked for; undefined where no bars are. Throws CliError for what is not possible. */
export function barsRequest(flags: BarsFlags): BarsRequest | undefined {
  const { bars, depth = DEFAULT_DEPTH, out, force = false } = flags;
  if (bars === undefined) {
    checkNoneAsked(flags);
    return undefined;
  }
  const every = parseBarLength(bars);
  if (depth > MAX_FEATURE_DEPTH) {
    throw new CliError(`--depth ${depth} is too deep`, {
      hints: [`Take ${MAX_FEATURE_DEPTH} levels a side at most.`],
    });
  }
  if (out === undefined) throw new CliError("--bars needs a file", { hints: [ENDINGS] });
  return { every, depth, out: userPath(out), format: formatOf(out), force };
}
