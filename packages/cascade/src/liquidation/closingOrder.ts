import type { AccountId, Ledger, Position } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import { isContract, type PositionWeight } from "./bankruptcy.ts";

/**
 * In which order the contracts of an account are closed. No venue's rules that are recorded say it, so it is an option:
 * `largestMaintenance`: the one that needs most margin first; `largestLoss`: the one with the largest loss since its entry first;
 * `listed`: by number of instrument. Ties by number of instrument.
 */
export type ClosingOrder = "largestMaintenance" | "largestLoss" | "listed";

const copyOf = ({ instrument, lots, entryValue }: Position): Position => ({
  instrument,
  lots,
  entryValue,
});

/** The contracts of an account in the order in which they are closed. A copy: it stays as it is while they are. */
export function contractsInOrder(
  books: { ledger: Ledger; marks: Marks; weight: PositionWeight },
  account: AccountId,
  order: ClosingOrder,
): Position[] {
  const { ledger, marks, weight } = books;
  const held = ledger.positions(account);
  const [only] = held;
  if (only === undefined) return [];
  if (held.length === 1) return isContract(ledger, only) ? [copyOf(only)] : [];
  const contracts = held.filter((one) => isContract(ledger, one));
  if (contracts.length < 2) return contracts.map(copyOf);
  const gain = ({ instrument, lots, entryValue }: Position): number =>
    ledger.valueUnits(instrument, lots, marks.ticks(instrument)) - entryValue;
  const rank = (one: Position): number => {
    if (order === "listed") return 0;
    return order === "largestLoss" ? gain(one) : -weight(one);
  };
  return contracts
    .map((one) => ({ contract: copyOf(one), rank: rank(one) }))
    .sort((a, b) => a.rank - b.rank || a.contract.instrument - b.contract.instrument)
    .map(({ contract }) => contract);
}
