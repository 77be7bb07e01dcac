import type { AccountId, Ledger, Position } from "../account/ledger.ts";
import type { Marks } from "../account/marks.ts";
import { isContract, type PositionWeight } from "./bankruptcy.ts";

/**
 * In which order the contracts of an account are closed. No venue's rules that are recorded say it, so it is an option:
 * `largestMaintenance`: the one that needs most margin first; `largestLoss`: the one with the largest loss since its entry first;
 * `listed`: by number of instrument. Ties by number of instrument.
 */
export type ClosingOrder = "largestMaintenance" | "largestLoss" | "listed";

/** The contracts of an account in the order in which they are closed. A copy: it stays as it is while they are. */
export function contractsInOrder(
  books: { ledger: Ledger; marks: Marks; weight: PositionWeight },
  account: AccountId,
  order: ClosingOrder,
): Position[] {
  const { ledger, marks, weight } = books;
  const contracts = ledger.positions(account).filter((held) => isContract(ledger, held));
  if (contracts.length < 2) return contracts.map((held) => ({ ...held }));
  const gain = ({ instrument, lots, entryValue }: Position): number =>
    ledger.valueUnits(instrument, lots, marks.ticks(instrument)) - entryValue;
  const rank = (held: Position): number => {
    if (order === "listed") return 0;
    return order === "largestLoss" ? gain(held) : -weight(held);
  };
  return contracts
    .map((held) => ({ held: { ...held }, rank: rank(held) }))
    .sort((a, b) => a.rank - b.rank || a.held.instrument - b.held.instrument)
    .map(({ held }) => held);
}
