import { Argument, type Command, InvalidArgumentError } from "commander";
import { PRESET_NAMES } from "./presetNames.ts";
import {
  command,
  type CommonOptions,
  fraction,
  lakeOf,
  time,
  wholeNumber,
} from "./programParts.ts";

function seed(text: string): number {
  const value = Number(text);
  if (!/^\d+$/.test(text) || !Number.isSafeInteger(value)) {
    throw new InvalidArgumentError("It must be a whole number from 0.");
  }
  return value;
}

/** A number of draws of noise: none, or two at least for an error of the mean. */
function draws(text: string): number {
  const value = Number(text);
  if (/^\d+$/.test(text) && Number.isSafeInteger(value) && value !== 1) return value;
  throw new InvalidArgumentError("It must be 0 or a whole number from 2.");
}

/** Draws of impact of a simulated day: with them a crash hour takes some 2.3 times as long as without. */
const IMPACT_DRAWS = 2;

/** Options of `aftershock simulate`. */
interface SimulateFlags {
  readonly seed: number;
  readonly from?: ReturnType<typeof time>;
  readonly minutes?: number;
  readonly throttle?: boolean;
  readonly liquidations: boolean;
  readonly impact: number;
}

/** `aftershock simulate` */
export function simulateProgram(): Command {
  return command("simulate", "simulate a day whose truth is known, and store it in the lake")
    .addArgument(new Argument("<preset>", "the kind of day").choices(PRESET_NAMES))
    .requiredOption("--seed <n>", "a whole number from 0; the same seed gives the same bytes", seed)
    .option(
      "--from <time>",
      "start of the recording; ISO 8601 UTC or µs (default: a day for the seed, 2001 … 2006)",
      time,
    )
    .option("--minutes <n>", "its length (default: the preset's)", wholeNumber)
    .option("--throttle", "print at most one forced order a second, as some venues do")
    .option("--no-liquidations", "the same market without any forced order")
    .option(
      "--impact <n>",
      "draws to measure impact by, for the truth; 0: none",
      draws,
      IMPACT_DRAWS,
    )
    .action(async (preset: string, options: CommonOptions & SimulateFlags) =>
      (await import("./commands/simulate.ts")).simulateCommand(lakeOf(options), preset, {
        seed: options.seed,
        from: options.from,
        minutes: options.minutes,
        throttle: options.throttle ?? false,
        liquidations: options.liquidations,
        impact: options.impact,
        json: options.json ?? false,
      }),
    );
}

/** Options of `aftershock accounts`. */
interface AccountsFlags {
  readonly at: ReturnType<typeof time>;
  readonly mark: ReadonlyMap<string, number>;
  readonly top: number;
  readonly bucket: number;
}

/** Reads `BTC=108340` into a table of marks. */
function markOf(text: string, known: ReadonlyMap<string, number>): ReadonlyMap<string, number> {
  const [, symbol = "", price = ""] = /^([^=]+)=(.+)$/.exec(text) ?? [];
  const value = Number(price);
  if (symbol === "" || !(value > 0 && value < Infinity)) {
    throw new InvalidArgumentError("It must be SYMBOL=PRICE, as BTC=108340.");
  }
  return new Map([...known, [symbol, value]]);
}

function bucketWidth(text: string): number {
  const value = fraction(text);
  if (value > 0 && value < 1) return value;
  throw new InvalidArgumentError("It must be above 0 and below 1, as 0.01 or 1%.");
}

/** `aftershock accounts` */
export function accountsProgram(): Command {
  return command(
    "accounts",
    "show accounts at a time: equity, margin, liquidation prices, forced exits",
  )
    .argument("<venue>", "the venue, of which the lake holds positions")
    .requiredOption("--at <time>", "ISO 8601 UTC or µs", time)
    .option(
      "--mark <symbol=price>",
      "value at this mark, not the recorded one (again for others)",
      markOf,
      new Map<string, number>(),
    )
    .option("--top <n>", "accounts listed, those nearest to liquidation first", wholeNumber, 10)
    .option(
      "--bucket <fraction>",
      "width of the prices of forced exits, 0 … 1 or in %",
      bucketWidth,
      0.01,
    )
    .action(async (venue: string, options: CommonOptions & AccountsFlags) =>
      (await import("./commands/accounts.ts")).accountsCommand(lakeOf(options), venue, {
        at: options.at,
        marks: options.mark,
        top: options.top,
        width: options.bucket,
        json: options.json ?? false,
      }),
    );
}

/** Options of `aftershock calibrate`. */
interface CalibrateFlags {
  readonly out: string;
  readonly draws: number;
  readonly leaveOneOut?: boolean;
  readonly kappa?: readonly [low: number, high: number];
}

/** Reads `2` or `1..6.3`. */
function kappaOf(text: string): readonly [low: number, high: number] {
  const [low = Number.NaN, high = low] = text.split("..").map(Number);
  if (low >= 1 && high >= low && high < Infinity) return [low, high];
  throw new InvalidArgumentError("It must be a number from 1, or a band of two, as 1..6.3.");
}

/** `aftershock calibrate` */
export function calibrateProgram(): Command {
  return command("calibrate", "measure how prices answer to forced flow, on recorded days")
    .argument("<day...>", "days, venue:SYMBOL/YYYY-MM-DD")
    .requiredOption("--out <file>", "where the calibration goes, a .json file")
    .option("--draws <n>", "bootstrap draws by day", wholeNumber, 20)
    .option("--leave-one-out", "also keep fits without each day, so that these days can be run")
    .option(
      "--kappa <band>",
      "forced flow over its prints, where no rule says it: 1, or 1..6.3",
      kappaOf,
    )
    .action(async (days: string[], options: CommonOptions & CalibrateFlags) =>
      (await import("./commands/calibrate.ts")).calibrateCommand(lakeOf(options), days, {
        out: options.out,
        draws: options.draws,
        leaveOneOut: options.leaveOneOut ?? false,
        kappa: options.kappa,
        json: options.json ?? false,
      }),
    );
}
