import { DataError } from "@aftershock/schema";
import type { AccountId, Ledger } from "../account/ledger.ts";

/** A position of somebody at an instant, as recorded: a row of the stream `positions`. Absent is undefined. */
export interface SnapshotPosition {
  /** Account or address. */
  readonly account: string;
  /** Number of the instrument in the ledger. */
  readonly instrument: number;
  /** Signed lots: positive long. */
  readonly lots: number;
  /** Quote currency. */
  readonly entryPrice: number | undefined;
  /** Quote currency. */
  readonly markPrice: number | undefined;
  /** What the whole account was worth, settle currency; may be below 0. */
  readonly accountValue: number | undefined;
  /** Notional over what the account, or the margin of the position, was worth. */
  readonly leverage: number | undefined;
}

/** An account that was opened from a snapshot. */
export interface SnapshotAccount {
  readonly id: AccountId;
  readonly name: string;
  /** Where its worth comes from: stated, or notional / leverage summed over its positions. */
  readonly worth: "stated" | "leverage";
}

/** What became of a snapshot. */
export interface SnapshotAccounts {
  /** In the order of their first rows. */
  readonly accounts: readonly SnapshotAccount[];
  /** Accounts that could not be opened, and why; `instrument` is its number where one is to blame. */
  readonly skipped: readonly SkippedAccount[];
}

/** An account that could not be opened. */
export interface SkippedAccount {
  readonly name: string;
  readonly why: "noMark" | "noWorth";
  /** The number of the instrument without a mark. */
  readonly instrument?: number;
}

/** Quote price, or undefined for one that is none. */
const priceOf = (price: number | undefined): number | undefined =>
  price !== undefined && price > 0 && Number.isFinite(price) ? price : undefined;

interface Valued {
  readonly row: SnapshotPosition;
  /** Ticks. */
  readonly entry: number;
  readonly mark: number;
  /** Units. */
  readonly value: number;
}

function valued(
  ledger: Ledger,
  row: SnapshotPosition,
  fallbackMark: number | undefined,
): Valued | undefined {
  const markPrice = priceOf(row.markPrice) ?? fallbackMark;
  if (markPrice === undefined) return undefined;
  const mark = ledger.ticksOf(row.instrument, markPrice);
  const entry = ledger.ticksOf(row.instrument, priceOf(row.entryPrice) ?? markPrice);
  return { row, entry, mark, value: ledger.valueUnits(row.instrument, row.lots, mark) };
}

/** What the account was worth, units; undefined where neither is recorded. */
function worthOf(
  ledger: Ledger,
  rows: readonly Valued[],
): [number, SnapshotAccount["worth"]] | undefined {
  const { unitsPerOne } = ledger.currency;
  const stated = rows.findLast(({ row }) => row.accountValue !== undefined)?.row.accountValue;
  if (stated !== undefined && Number.isFinite(stated)) return [stated * unitsPerOne, "stated"];
  let worth = 0;
  for (const { row, value } of rows) {
    if (row.leverage === undefined || !(row.leverage > 0)) return undefined;
    worth += Math.abs(value) / row.leverage;
  }
  return [worth, "leverage"];
}

/**
 * Opens the accounts of a recorded snapshot: each with its positions at their entry prices, against `world`, and with as much money as makes it
 * worth what was recorded at the marks of the snapshot. Rows of one account are one cross-margined account. An account without a recorded
 * worth or leverage, or with a position that has no mark, is skipped and told of: nothing is guessed. Throws DataError, before the account is opened, for a worth that a ledger cannot hold.
 *
 * Assumes that all of an account's positions are in the snapshot, unless its worth was stated; and cross margin, where the record does not tell
 * isolated positions apart: an isolated one is liquidated earlier than this says. `marks`, quote currency by number of instrument, stand in where rows have none.
 */
export function openSnapshotAccounts(
  ledger: Ledger,
  rows: readonly SnapshotPosition[],
  options: { readonly world: AccountId; readonly marks?: readonly (number | undefined)[] },
): SnapshotAccounts {
  const byName = Map.groupBy(
    rows.filter(({ lots }) => lots !== 0),
    ({ account }) => account,
  );
  const accounts: SnapshotAccount[] = [];
  const skipped: SkippedAccount[] = [];
  for (const [name, ofAccount] of byName) {
    const positions = ofAccount.flatMap(
      (row) => valued(ledger, row, options.marks?.[row.instrument]) ?? [],
    );
    if (positions.length < ofAccount.length) {
      const unmarked = ofAccount.find((row) => !positions.some((position) => position.row === row));
      skipped.push({ name, why: "noMark", ...(unmarked && { instrument: unmarked.instrument }) });
      continue;
    }
    const found = worthOf(ledger, positions);
    if (found === undefined) {
      skipped.push({ name, why: "noWorth" });
      continue;
    }
    const [worth, from] = found;
    if (!(Math.abs(worth) < 2 ** 53)) {
      throw new DataError(`The worth of account ${name} is ${ledger.currency.amount(worth)}`, {
        hints: ["A ledger holds less than 2^53 units: look at the recorded worth and leverage."],
      });
    }
    accounts.push({
      id: openOne(ledger, { name, positions, worth, world: options.world }),
      name,
      worth: from,
    });
  }
  return { accounts, skipped };
}

function openOne(
  ledger: Ledger,
  terms: { name: string; positions: readonly Valued[]; worth: number; world: AccountId },
): AccountId {
  const { name, positions, worth, world } = terms;
  const id = ledger.open(name);
  for (const { row, entry } of positions) {
    const [buyer, seller] = row.lots > 0 ? [id, world] : [world, id];
    ledger.exchange({
      buyer,
      seller,
      instrument: row.instrument,
      lots: Math.abs(row.lots),
      price: entry,
    });
  }
  const held = positions.reduce((sum, { value }) => sum + value, ledger.cash(id));
  ledger.deposit(id, Math.round(worth - held));
  return id;
}
