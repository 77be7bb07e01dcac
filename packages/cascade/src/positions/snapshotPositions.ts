import type { Instrument } from "@aftershock/schema";
import type { OwnClosing, Population, PopulationSource } from "../counterfactual/engineRun.ts";
import {
  openSnapshotAccounts,
  type SnapshotAccounts,
  type SnapshotPosition,
} from "../population/snapshotAccounts.ts";
import { fundedCopy, ledgerOf, openRoles } from "./plannedPosition.ts";
import type { PositionSource } from "./positionSource.ts";

/** Accounts as recorded. */
export interface SnapshotOptions {
  readonly instrument: Instrument;
  /** Positions of one instant; of other contracts than `instrument` there are none, and their number is 0. */
  readonly rows: readonly SnapshotPosition[];
  /** Mark of that instant, quote currency, for rows that have none. */
  readonly mark?: number;
  /** Accounts whose owners are known to have closed them, and when, µs. Default: none. */
  readonly closings?: readonly { readonly account: string; readonly at: number }[];
}

/** Positions from a snapshot. */
export interface SnapshotPositions extends PositionSource {
  readonly kind: "snapshot";
  /** What became of its rows. */
  readonly accounts: SnapshotAccounts;
}

/**
 * All accounts of a snapshot against the rest of the world: what a venue or a chain has. Those who would be liquidated under harsher rules are there, so that results are estimates.
 *
 * Assumes that the snapshot is of all accounts, and that nobody opened, added margin or closed after it but for `closings`; what openSnapshotAccounts assumes, and throws.
 */
export function snapshotPositions(options: SnapshotOptions): SnapshotPositions {
  const { instrument, rows, mark, closings = [] } = options;
  const ledger = ledgerOf(instrument);
  const roles = openRoles(ledger);
  const accounts = openSnapshotAccounts(ledger, rows, { world: roles.world, marks: [mark] });
  const ids = new Map(accounts.accounts.map(({ name, id }) => [name, id]));
  const own = closings.flatMap(({ account, at }): readonly OwnClosing[] => {
    const id = ids.get(account);
    return id === undefined ? [] : [{ at, account: id }];
  });
  const inOrder = own.toSorted((a, b) => a.at - b.at);
  const opened: Population = { ...roles, instrument: 0, closings: inOrder };
  const population: PopulationSource = (rules) => fundedCopy(opened, rules);
  const { length: skipped } = accounts.skipped;
  return {
    kind: "snapshot",
    evidence: "snapshot",
    origin: "a snapshot",
    accounts,
    population: () => population,
    identify: () => ({ identified: "estimate" }),
    assumptions: [
      "Accounts are those of a recorded snapshot; nobody opened, added margin or closed after it, but for closings that are known.",
      ...(skipped === 0
        ? []
        : [`${skipped} accounts are left out, as their worth or mark was not recorded.`]),
    ],
  };
}
