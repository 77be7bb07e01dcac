import {
  ConfigError,
  DataError,
  isInstrumentName,
  MICROS_PER_DAY,
  MICROS_PER_MINUTE,
} from "@aftershock/schema";
import type { ReadHints, RowSink, SourceFile } from "../../source.ts";
import type { Emit, RecordReader } from "../read/emitRecords.ts";
import { isObject, parseJson, realOf, wrongField } from "../read/jsonFields.ts";
import { parseUtcTime } from "../read/utcTime.ts";
import { GAS_VENUE } from "./gasRecords.ts";

/** The time between two records. */
const SLOT_MICROS = 10 * MICROS_PER_MINUTE;
const SLOTS_PER_DAY = MICROS_PER_DAY / SLOT_MICROS;

const TOKEN = /^[A-Za-z0-9]{1,20}$/;

/** What each token's balance is, tokens. */
function readBalances(text: string): readonly (readonly [token: string, balance: number])[] {
  const data = parseJson(text);
  if (!isObject(data)) throw new DataError("the record is no object");
  const tokens = Object.keys(data);
  if (tokens.length === 0) throw new DataError("the record holds no balance");
  return tokens.map((token) => {
    if (!TOKEN.test(token)) throw new DataError(`"${token.slice(0, 60)}" is no token`);
    const balance = realOf(data[token], token);
    if (balance < 0) throw wrongField(token, balance, "a balance of zero or more");
    return [token, balance];
  });
}

/** Midnight of the day that the file's name, or the user, says, µs. Throws ConfigError where neither does. */
function midnightOf(file: SourceFile, hints: ReadHints): number {
  const date = hints.date ?? /^\d{4}-\d{2}-\d{2}/.exec(file.name)?.[0] ?? "";
  const at = parseUtcTime(`${date} 00:00:00`);
  if (at !== undefined) return at;
  throw new ConfigError(
    `${file.name}: records are ten minutes apart, and nothing says of which day`,
    {
      hints: ["Say it with --date, e.g. --date 2021-05-19."],
    },
  );
}

function poolOf(file: SourceFile, hints: ReadHints): string {
  const named = /([A-Za-z0-9]+)_([A-Za-z0-9]+)_liquidity/.exec(file.name);
  const symbol =
    hints.symbol ?? (named === null ? "" : `${named[1]}-${named[2]}-POOL`.toUpperCase());
  if (isInstrumentName(GAS_VENUE, symbol)) return symbol;
  throw new ConfigError(`${file.name}: the name does not say which pool it is of`, {
    hints: ["Say it with --symbol, e.g. --symbol ETH-DAI-POOL."],
  });
}

/** Reads the balances of a pool; see `stablesims`. Throws ConfigError where the day or the pool is not known. */
export function poolReader(file: SourceFile, sink: RowSink, hints: ReadHints): RecordReader {
  const midnight = midnightOf(file, hints);
  const symbol = poolOf(file, hints);
  const venue = hints.venue ?? GAS_VENUE;
  return {
    read: (record): Emit => {
      const slot = record.number - 1;
      if (slot >= SLOTS_PER_DAY)
        throw new DataError(`record ${record.number} of a day of ${SLOTS_PER_DAY}`);
      const balances = readBalances(record.text);
      const origin = { line: record.number, tsEvent: midnight + slot * SLOT_MICROS };
      return () => {
        for (const [token, value] of balances) {
          sink.row("measures", venue, symbol, { ...origin, measure: `poolBalance${token}`, value });
        }
      };
    },
  };
}
