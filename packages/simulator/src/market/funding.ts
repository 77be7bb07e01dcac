import type { Ledger } from "@aftershock/cascade";

/**
 * Exchanges funding at a mark in ticks among all accounts that hold the contract, through the account of fees, where the halves of units stay that
 * rounding leaves. Returns what longs paid, units.
 */
export function payFunding(
  ledger: Ledger,
  instrument: number,
  options: { rate: number; markTicks: number; feeAccount: number },
): number {
  const { rate, markTicks, feeAccount } = options;
  let paidByLongs = 0;
  for (let account = 0; account < ledger.accountCount; account += 1) {
    const lots = ledger.lots(account, instrument);
    if (lots === 0) continue;
    const notional = Math.abs(ledger.valueUnits(instrument, lots, markTicks));
    const payment = Math.round(Math.sign(lots) * notional * rate);
    if (lots > 0) paidByLongs += payment;
    if (account === feeAccount) continue;
    if (payment > 0) ledger.transfer(account, feeAccount, payment);
    else if (payment < 0) ledger.transfer(feeAccount, account, -payment);
  }
  return paidByLongs;
}
