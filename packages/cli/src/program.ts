import { EXPORT_FORMATS, type ExportFormat } from "@aftershock/ingest/lake";
import type { OrdersStart } from "@aftershock/replay";
import type { Clock } from "@aftershock/schema";
import { Command, InvalidArgumentError, Option } from "commander";
import type { BarsFlags } from "./barsRequest.ts";
import {
  clockOption,
  command,
  type CommonOptions,
  day,
  FETCH_STOPPED,
  fraction,
  lakeOf,
  ordersStartOption,
  time,
  wholeNumber,
} from "./programParts.ts";
import { accountsProgram, calibrateProgram, simulateProgram } from "./marketPrograms.ts";
import { version } from "./version.ts";

/** Options of `aftershock ingest`. */
interface IngestFlags {
  readonly source?: string;
  readonly venue?: string;
  readonly symbol?: string;
  readonly date?: string;
  readonly maxQuarantine?: number;
}

/** Options of `aftershock fetch`. */
interface FetchFlags {
  readonly streams?: readonly string[];
  readonly via?: string;
  readonly dryRun?: boolean;
  readonly ingest: boolean;
  readonly partDays?: boolean;
  readonly jobs?: number;
  readonly origin: ReadonlyMap<string, string>;
}

function ingestProgram(): Command {
  return command("ingest", "store recorded files in the lake, checked and sorted")
    .argument("<file...>", "files, in the order of the recording")
    .option("--source <name>", "the format of the files (default: detected from each)")
    .option("--venue <name>", "the venue, where the files do not say it")
    .option("--symbol <symbol>", "the venue's symbol, where the files do not say it")
    .option("--date <day>", "the UTC day, YYYY-MM-DD, where the files do not say it", day)
    .option(
      "--max-quarantine <fraction>",
      "largest share of bad lines, 0 … 1 or in % (default 0.1 %)",
      fraction,
    )
    .action(async (files: string[], options: CommonOptions & IngestFlags) => {
      const { source, venue, symbol, date, maxQuarantine, json = false } = options;
      return (await import("./commands/ingest.ts")).ingestCommand(lakeOf(options), files, {
        ...(source === undefined ? {} : { source }),
        hints: {
          ...(venue === undefined ? {} : { venue }),
          ...(symbol === undefined ? {} : { symbol }),
          ...(date === undefined ? {} : { date }),
        },
        ...(maxQuarantine === undefined ? {} : { maxQuarantine }),
        json,
      });
    });
}

const names = (text: string): readonly string[] =>
  text.split(",").flatMap((name) => (name.trim() === "" ? [] : [name.trim()]));

/** Reads `host=http://127.0.0.1:8080` into a table of hosts. */
function origin(text: string, known: ReadonlyMap<string, string>): ReadonlyMap<string, string> {
  const at = text.indexOf("=");
  if (at < 1) throw new InvalidArgumentError("It must be host=http://127.0.0.1:port.");
  return new Map([...known, [text.slice(0, at), text.slice(at + 1)]]);
}

function fetchProgram(): Command {
  return command("fetch", "download public archives into the lake's raw folder, and ingest them")
    .argument("<venue>", "the venue, as in an instrument id")
    .argument("<instrument>", "its symbol there")
    .argument("<date...>", "UTC days: YYYY-MM-DD, or from..to")
    .option("--streams <names>", "streams or data sets, with commas (default: all)", names)
    .option("--via <archive>", "whose archive (default: the venue's own)")
    .option("--dry-run", "only say what would be fetched, and where from")
    .option("--jobs <n>", "downloads at once from one host (default 4)", wholeNumber)
    .option("--no-ingest", "only download")
    .option("--part-days", "also ingest days of which files are lacking")
    .addOption(
      new Option("--origin <host=address>", "for tests: what stands for a host")
        .argParser(origin)
        .default(new Map<string, string>())
        .hideHelp(),
    )
    .action(
      async (
        venue: string,
        instrument: string,
        dates: string[],
        options: CommonOptions & FetchFlags,
      ) => {
        const { streams, via, dryRun = false, ingest, partDays = false, jobs } = options;
        return (await import("./commands/fetch.ts")).fetchCommand(lakeOf(options, FETCH_STOPPED), {
          venue,
          instrument,
          dates,
          ...(streams === undefined ? {} : { streams }),
          ...(via === undefined ? {} : { via }),
          dryRun,
          ingest,
          partDays,
          ...(jobs === undefined ? {} : { jobs }),
          hosts: options.origin,
          json: options.json ?? false,
        });
      },
    );
}

/** Options of `aftershock book`. */
interface BookFlags {
  readonly at: ReturnType<typeof time>;
  readonly depth: number;
  readonly clock: Clock;
  readonly ordersStart: OrdersStart;
}

function bookProgram(): Command {
  return command("book", "show the order book of an instrument at a time")
    .argument("<id>", "the instrument, venue:SYMBOL")
    .requiredOption("--at <time>", "ISO 8601 UTC or µs", time)
    .option("--depth <n>", "levels a side", wholeNumber, 10)
    .addOption(clockOption())
    .addOption(ordersStartOption())
    .action(async (id: string, options: CommonOptions & BookFlags) =>
      (await import("./commands/book.ts")).bookCommand(lakeOf(options), id, {
        at: options.at,
        depth: options.depth,
        clock: options.clock,
        ordersStart: options.ordersStart,
        json: options.json ?? false,
      }),
    );
}

/** Options of `aftershock replay`. */
interface ReplayFlags extends BarsFlags {
  readonly from?: ReturnType<typeof time>;
  readonly to?: ReturnType<typeof time>;
  readonly clock: Clock;
  readonly ordersStart: OrdersStart;
  readonly readAhead?: boolean;
}

function replayProgram(): Command {
  return command("replay", "replay everything recorded of some instruments, and hash the state")
    .argument("<id...>", "instruments, venue:SYMBOL")
    .option("--from <time>", "first time, inclusive; ISO 8601 UTC or µs", time)
    .option("--to <time>", "last time, exclusive; ISO 8601 UTC or µs", time)
    .addOption(clockOption())
    .addOption(ordersStartOption())
    .option("--bars <length>", "also write bars of features: 100ms, 1s, 5m, 1h … (with --out)")
    .option("--out <file>", "where the bars go: a file in .parquet or .arrow")
    .option("--depth <n>", "levels a side in the bars (default 10)", wholeNumber)
    .option("--force", "replace a file of bars that is there")
    .option("--read-ahead", "have a thread of its own read the lake ahead of the replay")
    .action(async (ids: string[], options: CommonOptions & ReplayFlags) => {
      const { barsRequest } = await import("./barsRequest.ts");
      const bars = barsRequest(options);
      return (await import("./commands/replay.ts")).replayCommand(lakeOf(options), ids, {
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.to === undefined ? {} : { to: options.to }),
        clock: options.clock,
        ordersStart: options.ordersStart,
        readAhead: options.readAhead ?? false,
        json: options.json ?? false,
        ...(bars === undefined ? {} : { bars }),
      });
    });
}

/** Options of `aftershock facts`. */
interface FactsFlags {
  readonly from?: ReturnType<typeof time>;
  readonly to?: ReturnType<typeof time>;
  readonly window: number;
  readonly clock: Clock;
  readonly ordersStart: OrdersStart;
}

function factsProgram(): Command {
  return command(
    "facts",
    "measure the stylised facts of an instrument: tails, memory, depth, impact",
  )
    .argument("<id>", "the instrument, venue:SYMBOL")
    .option("--from <time>", "first time, inclusive; ISO 8601 UTC or µs", time)
    .option("--to <time>", "last time, exclusive; ISO 8601 UTC or µs", time)
    .option("--window <seconds>", "length of the calmest and the worst window", wholeNumber, 60)
    .addOption(clockOption())
    .addOption(ordersStartOption())
    .action(async (id: string, options: CommonOptions & FactsFlags) =>
      (await import("./commands/facts.ts")).factsCommand(lakeOf(options), id, {
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.to === undefined ? {} : { to: options.to }),
        windowSeconds: options.window,
        clock: options.clock,
        ordersStart: options.ordersStart,
        json: options.json ?? false,
      }),
    );
}

function daysProgram(): Command {
  return command("days", "list the known crash days, or show one: facts, sources, traps, archives")
    .argument("[date]", "the day, YYYY-MM-DD")
    .action(async (date: string | undefined, options: CommonOptions) =>
      (await import("./commands/days.ts")).daysCommand(lakeOf(options), date, {
        json: options.json ?? false,
      }),
    );
}

function rulesProgram(): Command {
  return command("rules", "show the rules of a venue on a day, with their sources")
    .argument("<venue>", "the venue: binance-usdm, binance-coinm, bybit, okx, bitmex, deribit …")
    .argument("<date>", "the UTC day, YYYY-MM-DD, or an instant, ISO 8601 UTC")
    .option("--symbol <symbol>", "one symbol only; * for those without rules of their own")
    .action(async (venue: string, date: string, options: CommonOptions & { symbol?: string }) =>
      (await import("./commands/rules.ts")).rulesCommand(venue, date, {
        symbol: options.symbol,
        json: options.json ?? false,
      }),
    );
}

/** Options of `aftershock export`. */
interface ExportFlags {
  readonly format: ExportFormat;
  readonly out: string;
  readonly streams?: string;
  readonly date?: string;
  readonly from?: ReturnType<typeof time>;
  readonly to?: ReturnType<typeof time>;
  readonly force?: boolean;
}

function exportProgram(): Command {
  return command("export", "write part of the lake for other programs")
    .argument("<id...>", "instruments, venue:SYMBOL")
    .addOption(
      new Option("--format <format>", "what to write")
        .choices(EXPORT_FORMATS)
        .makeOptionMandatory(),
    )
    .requiredOption("--out <path>", "the file, or the folder, to write")
    .option("--streams <list>", "streams, with commas between them (default: all that fit)")
    .option("--date <list>", "days, YYYY-MM-DD, with commas between them (default: all)")
    .option("--from <time>", "first time, inclusive; ISO 8601 UTC or µs", time)
    .option("--to <time>", "last time, exclusive; ISO 8601 UTC or µs", time)
    .option("--force", "replace a file, or a folder with an earlier export, that is there")
    .action(async (ids: string[], options: CommonOptions & ExportFlags) =>
      (await import("./commands/export.ts")).exportCommand(lakeOf(options), ids, {
        format: options.format,
        out: options.out,
        streams: options.streams,
        date: options.date,
        ...(options.from === undefined ? {} : { from: options.from }),
        ...(options.to === undefined ? {} : { to: options.to }),
        force: options.force ?? false,
        json: options.json ?? false,
      }),
    );
}

/** The whole command line. Each command is loaded when it is called, for loading all takes longer than most of them. Errors come out of `parseAsync` as exceptions. */
export function createProgram(): Command {
  const program = new Command("aftershock")
    .description(
      "Replay a recorded crypto crash day, change one rule or one hedge, and know what would have held.",
    )
    .version(version)
    .showHelpAfterError("(--help shows how it is used)")
    .exitOverride();
  program.addCommand(ingestProgram());
  program.addCommand(fetchProgram());
  program.addCommand(
    command("lake", "list what the lake holds, and how good it is").action(
      async (options: CommonOptions) =>
        (await import("./commands/lake.ts")).lakeCommand(lakeOf(options), {
          json: options.json ?? false,
        }),
    ),
  );
  program.addCommand(
    command(
      "inspect",
      "show the sources and the quality of everything recorded of an instrument on a day",
    )
      .argument("<id>", "the instrument, venue:SYMBOL")
      .argument("<date>", "the UTC day, YYYY-MM-DD")
      .action(async (id: string, date: string, options: CommonOptions) =>
        (await import("./commands/inspect.ts")).inspectCommand(lakeOf(options), id, date, {
          json: options.json ?? false,
        }),
      ),
  );
  program.addCommand(daysProgram());
  program.addCommand(rulesProgram());
  program.addCommand(accountsProgram());
  program.addCommand(bookProgram());
  program.addCommand(replayProgram());
  program.addCommand(factsProgram());
  program.addCommand(simulateProgram());
  program.addCommand(calibrateProgram());
  program.addCommand(
    command("run", "run a study (a module, or `demo`) and write its report")
      .argument("<study>", "path of a module with a study as default export, or demo")
      .option("--out <dir>", "where the report goes (default reports/NAME)")
      .action(async (study: string, options: CommonOptions & { out?: string }) => {
        await (
          await import("./commands/run.ts")
        ).runCommand(lakeOf(options), study, { out: options.out, json: options.json ?? false });
      }),
  );
  program.addCommand(exportProgram());
  program.addCommand(
    command("sql", "query the lake; each stream is a view")
      .argument("<query>", "SQL, as DuckDB has it")
      .action(async (query: string, options: CommonOptions) =>
        (await import("./commands/sql.ts")).sqlCommand(lakeOf(options), query, {
          json: options.json ?? false,
        }),
      ),
  );
  return program;
}
