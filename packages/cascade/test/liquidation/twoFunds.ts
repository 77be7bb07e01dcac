import {
  type InstrumentTerms,
  type LiquidationEngineOptions,
  plainTerms,
} from "../../src/index.ts";
import { ADL, ETHER, flatSchedule, LINEAR, type World } from "./world.ts";

/** Two contracts, and terms of each: the fund's account pays for the first, the vault's for the second. */
export const TWO = [LINEAR, ETHER];
export const twoFunds =
  (changes: Partial<InstrumentTerms> = {}, engine: Partial<LiquidationEngineOptions> = {}) =>
  ({ fund, vault, ledger }: World): Partial<LiquidationEngineOptions> => ({
    terms: ledger.instruments.map((instrument, each) => ({
      ...plainTerms(instrument),
      fund: each === 1 ? vault : fund,
      adl: ADL,
      schedule: flatSchedule(0.004),
      ...changes,
    })),
    ...engine,
  });
