import type { LiquidationEvent, LiquidationStep, RuleSet } from "@aftershock/cascade";
import { decimalToNumber } from "@aftershock/schema";
import { presetOf } from "@aftershock/simulator";
import { type PlantedDay, plantedDay, STEP_MICROS } from "./plantedDay.ts";
import type { Family } from "./plantedRules.ts";
import { keep, optionsOf } from "./plantedStore.ts";

/** Ways to close positions that no book sees. */
export const ZERO_FLOW_RULES = {
  /** A vault takes whole accounts over at their bankruptcy prices, and holds. */
  backstop: (rules: RuleSet): RuleSet =>
    closingBy(rules, [
      { kind: "cancel" },
      { kind: "backstop", by: "vault", belowShareOfMaintenance: 1 },
      { kind: "insurance" },
      { kind: "adl" },
    ]),
  /** Whole positions are closed against the other side at the mark: the fund, which would be asked first, may carry next to nothing. */
  adl: (rules: RuleSet): RuleSet => ({
    ...closingBy(rules, [
      { kind: "cancel" },
      { kind: "takeover" },
      { kind: "adl" },
      { kind: "insurance" },
    ]),
    insurance: { ...rules.insurance, maximumNotionalShare: 1e-9 },
    adl: rules.adl && { ...rules.adl, price: "mark" },
  }),
} as const satisfies Readonly<Record<string, (rules: RuleSet) => RuleSet>>;

export type ZeroFlowRule = keyof typeof ZERO_FLOW_RULES;

const closingBy = (rules: RuleSet, steps: readonly LiquidationStep[]): RuleSet => ({
  ...rules,
  liquidation: { ...rules.liquidation, steps },
});

/** Transfers of positions by step, signed as the flow that they would have been: below 0 where a long was closed. Quote currency of linear and inverse contracts alike. */
export class TransferredFlow {
  readonly flow: Float64Array;
  readonly #from: number;
  readonly #notionalOf: (lots: number, price: number) => number;
  readonly #holders = new Set<number>();

  constructor(steps: number, from: number, notionalOf: (lots: number, price: number) => number) {
    this.flow = new Float64Array(steps);
    this.#from = from;
    this.#notionalOf = notionalOf;
  }

  /** What a vault or fund passes on afterwards has been counted when it was taken over. */
  take(event: LiquidationEvent): void {
    if (event.kind !== "backstopped" && event.kind !== "takenOver" && event.kind !== "adl") return;
    if (event.kind !== "adl") this.#holders.add(event.by);
    if (this.#holders.has(event.account)) return;
    const step = Math.ceil((event.at - this.#from) / STEP_MICROS) - 1;
    if (step < 0 || step >= this.flow.length) return;
    const notional = this.#notionalOf(Math.abs(event.lots), event.mark);
    this.flow[step] = (this.flow[step] ?? 0) - Math.sign(event.lots) * notional;
  }
}

/** A day on which accounts are closed by transfers alone: its forced flow holds the transfers, of which the book saw nothing. */
export const zeroFlowDay = (
  family: Family,
  seed: number,
  rule: ZeroFlowRule,
  folder?: string,
): PlantedDay =>
  keep(folder, `${family.name}-${seed}-zero-${rule}`, () => {
    const { preset } = presetOf(family.preset);
    const { perpetual } = preset.traded;
    const events: LiquidationEvent[] = [];
    const day = plantedDay(
      { ...optionsOf(family, seed), rules: ZERO_FLOW_RULES[rule](preset.rules) },
      (event) => void events.push(event),
    );
    const lot = decimalToNumber(perpetual.lot);
    const tick = decimalToNumber(perpetual.tick);
    const transferred = new TransferredFlow(day.steps, day.from, (lots, price) =>
      perpetual.contract === "inverse" ? lots * lot : lots * lot * price * tick,
    );
    for (const event of events) transferred.take(event);
    const booked = day.forced.reduce((sum, flow) => sum + Math.abs(flow), 0);
    if (booked !== 0) throw new Error(`${booked} of forced flow hit the book under ${rule}`);
    return { ...day, forced: transferred.flow };
  });
