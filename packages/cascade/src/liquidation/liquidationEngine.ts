import { IntegrityError, type Micros, micros } from "@aftershock/schema";
import { AccountSet } from "../account/accountSet.ts";
import type { AccountId } from "../account/ledger.ts";
import { FullScan } from "../margin/fullScan.ts";
import type { IsLiquidatable } from "../margin/liquidationTest.ts";
import { hasContracts } from "./bankruptcy.ts";
import { sellCollateral } from "./collateralSale.ts";
import { candidateFrom, Deleveraging } from "./deleveraging.ts";
import { ForcedTrading } from "./forcedTrading.ts";
import { checkUnwinding, FundInventory } from "./fundInventory.ts";
import { HeldCases } from "./heldCases.ts";
import { fundsOf, type InsuranceFund } from "./insuranceFund.ts";
import { CaseQueue, type LiquidationCase, openCase } from "./liquidationCase.ts";
import { LiquidationDesk, type LiquidationRoles } from "./liquidationDesk.ts";
import type { LiquidationEngineOptions, ReleaseRule } from "./liquidationEngineOptions.ts";
import { checkLiquidationTerms } from "./liquidationTerms.ts";
import { OrderThrottle } from "./orderThrottle.ts";
import { isForBackstop } from "./steps/backstopStep.ts";
import type { StepContext } from "./steps/stepContext.ts";
import { takeStep } from "./steps/takeStep.ts";
import { LossWaterfall } from "./waterfall.ts";

/**
 * A venue's liquidation engine: who has too little margin at the marks is latched, and closed by the steps of the venue's rule, in the order of latching.
 *
 * `onMarks` finds and latches; `advance` does the work that is due by a time, in the order of time. Nothing is sent in between, so that a
 * forced order never meets a mark that it has made itself: whoever drives the engine sets the marks anew. Every change of money or lots goes
 * through the ledger, which balances after every event. The same calls give the same events.
 *
 * Each step is taken where the one before was not enough. When the last has been taken and the account still has contracts and too little
 * margin, it stays latched, and the steps begin anew when a mark of what it holds moves. One that is left alone after a tranche is given to the vault by the first mark
 * that moves and finds its equity low enough for that; one that is closed whole after it does not wait, and its order comes first. An account with a debt and coins alone has no steps: coins are sold for the debt, and
 * coins that it owes are bought back.
 *
 * Assumptions: the venue works on all accounts at one time and without delay, but for the pauses of its rule and the throttle; it never
 * fails. Wrong in crashes in which engines were overloaded (BitMEX 2020-03-12, Binance 2021-05-19): a throttle is the
 * nearest to it. Owners do not add margin or close by themselves once they are latched; whoever drives the engine may do it between
 * calls (and tells `changed`), and an account that holds nothing any more is settled with the next mark. While a call is under way neither the market nor `onEvent` sets marks or books anything. An engine that has thrown is
 * not to be used further: what it had booked by then stands, and balances.
 */
export class LiquidationEngine {
  readonly #desk: LiquidationDesk;
  readonly #context: StepContext;
  readonly #funds: readonly InsuranceFund[];
  readonly #inventories: readonly FundInventory[];
  readonly #cases = new Map<AccountId, LiquidationCase>();
  /** Whose cases they are. */
  readonly #latched = new AccountSet();
  /** Those of the cases whose steps have all been taken in vain. */
  readonly #resting = new Set<LiquidationCase>();
  readonly #queue = new CaseQueue();
  readonly #held: HeldCases;
  readonly #release: ReleaseRule;
  readonly #throttle: OrderThrottle;
  readonly #backstopStep: number;
  #latchedSoFar = 0;
  /** Accounts that have been latched, each once and in order. */
  readonly #everLatched: AccountId[] = [];
  readonly #wasLatched = new AccountSet();
  #now = Number.NEGATIVE_INFINITY;

  /** Throws ConfigError naming what the rule needs and the options do not state. */
  constructor(options: LiquidationEngineOptions) {
    const { ledger, marks, isLiquidatable, terms, steps, vault, blockMicros } = options;
    checkLiquidationTerms({ instruments: ledger.instruments, terms, steps, vault, blockMicros });
    const unwinding = options.unwinding ?? { kind: "hold" };
    checkUnwinding(unwinding);
    const exempt = [...(options.exempt ?? []), ...(options.defaultFund?.accounts ?? [])];
    const roles: LiquidationRoles = { venue: options.venue, vault, exempt };
    // What a fund or the rest of the world holds may be beyond all tiers: they are not asked for.
    const isTriggered: IsLiquidatable = (account, now) =>
      !desk.isOutside(account) && isLiquidatable(account, now);
    const triggers =
      options.triggers ?? new FullScan({ ledger, marks, isLiquidatable: isTriggered });
    const { model, market, onEvent, events } = options;
    const common = { ledger, marks, model, isLiquidatable, triggers, market, steps, terms };
    const desk = new LiquidationDesk({ ...common, roles, onEvent, events });
    const funds = fundsOf(desk, terms);
    const waterfall = new LossWaterfall(desk, funds, options.defaultFund);
    const { adlCandidates: list } = options;
    const deleveraging = new Deleveraging(
      desk,
      waterfall,
      list === undefined
        ? { kind: "each", of: candidateFrom(desk, (one) => this.#latched.has(one)) }
        : { kind: "list", list },
    );
    this.#throttle = new OrderThrottle(options.throttle);
    const trading = new ForcedTrading(desk, this.#throttle);
    const holders = [...funds.keys(), ...(vault === undefined ? [] : [vault])];
    const parts = { desk, deleveraging, trading, policy: unwinding };
    this.#desk = desk;
    desk.isLatched = (account) => this.#latched.has(account);
    desk.onChanged.push((account) => this.changed(account));
    const { dangerBand } = options;
    this.#held = new HeldCases({
      mayBeReleased: (latched) => this.#mayBeReleased(latched),
      waitsOn: (latched) => this.#waitsOn(latched),
      markOf: (instrument) => marks.ticks(instrument),
      bandOf: ({ account }) => dangerBand?.(account, marks),
    });
    this.#funds = [...funds.values()];
    this.#inventories = holders.map((account) => new FundInventory(account, parts));
    this.#release = options.release ?? "whenSafeAfterClose";
    this.#backstopStep = steps.findIndex(({ kind }) => kind === "backstop");
    this.#context = {
      desk,
      trading,
      waterfall,
      deleveraging,
      inventories: new Map(this.#inventories.map((one) => [one.account, one])),
      closingOrder: options.closingOrder ?? "largestMaintenance",
      blockMicros,
      cooledAt: new Map(),
      isSafe: (latched) => this.#isSafe(latched),
    };
  }

  /** When `advance` next has work to do, µs; Infinity while nobody waits for a time. */
  get nextAt(): number {
    let next = Math.min(this.#queue.nextAt, this.#held.dueAt);
    for (const { nextAt } of this.#inventories) next = Math.min(next, nextAt);
    return next;
  }

  /** Slows forced orders down to a share of the throttle's pace, above 0 and at most 1, from the next window on. Nothing without a throttle. */
  pace(share: number): void {
    this.#throttle.share = share;
  }

  /** How many accounts are latched. */
  get latchedCount(): number {
    return this.#cases.size;
  }

  /** Accounts that have been latched, each once, in the order in which they first were. */
  get everLatched(): readonly AccountId[] {
    return this.#everLatched;
  }

  /** Whether an account is latched. */
  isLatched(account: AccountId): boolean {
    return this.#latched.has(account);
  }

  /** An account has traded, been paid or paid, by the engine or outside of it. */
  changed(account: AccountId): void {
    if (!this.#latched.has(account)) return;
    const latched = this.#cases.get(account);
    if (latched !== undefined) this.#held.changed(latched);
  }

  /** Margin is taken in another way from now on, of all accounts. */
  rescaled(): void {
    this.#held.forget();
  }

  /**
   * Marks have been set: `changed` are the numbers of their instruments. Latches who is liquidatable now, to be worked on by `advance`; funds and
   * vaults close what they can no longer carry. Throws DataError where a mark is missing, IntegrityError where time runs backwards,
   * with nothing done.
   */
  onMarks(changed: readonly number[], at: Micros): void {
    this.#checkTime(at);
    this.#desk.marksMoved(changed);
    this.#now = at;
    this.#context.deleveraging.forgetQueues();
    for (const fund of this.#funds) fund.marksMoved(at);
    for (const inventory of this.#inventories) inventory.marksMoved(at);
    this.#wake(changed, at);
    for (const account of this.#desk.moved(changed)) this.#latch(account, changed, at);
  }

  /**
   * Marks have been set while the venue liquidates nobody: they are taken note of, so that the mark before the next one and what moved with it are known, and nothing else is
   * done. Throws as onMarks.
   */
  noteMarks(changed: readonly number[], at: Micros): void {
    this.#checkTime(at);
    this.#desk.marksMoved(changed);
    this.#now = at;
  }

  /** Does all work that is due up to and including `at`, in the order of time. Throws IntegrityError where time runs backwards. */
  advance(at: Micros): void {
    this.#checkTime(at);
    this.#context.deleveraging.forgetQueues();
    for (let due = this.nextAt; due <= at; due = this.nextAt) {
      const now = micros(Math.max(due, this.#now));
      this.#now = now;
      if (this.#isHeldNext(due)) this.#workHeld(due, now);
      else if (this.#queue.nextAt > due) {
        for (const inventory of this.#inventories)
          if (inventory.nextAt <= due) inventory.unwind(now);
      } else {
        const latched = this.#queue.pop();
        if (latched !== undefined) this.#work(latched, now);
      }
    }
    this.#now = at;
  }

  /** Whether one of those that the throttle holds up is the next to be worked on. */
  #isHeldNext(due: number): boolean {
    const { next, dueAt } = this.#held;
    if (next === undefined || dueAt > due) return false;
    const { nextAt, first: other } = this.#queue;
    return nextAt > due || (other?.order ?? Infinity) > next.order;
  }

  /** Works on the next of those that the throttle holds up, or passes by those that it still does, up to one that comes after the next of the queue. */
  #workHeld(due: number, at: Micros): void {
    const { next } = this.#held;
    if (next === undefined) return;
    const window = this.#throttle.nextWindow(at);
    if (this.#isHeldUp(next, at)) {
      const { nextAt, first } = this.#queue;
      this.#held.pass(window, nextAt > due ? Infinity : (first?.order ?? Infinity));
      return;
    }
    this.#held.take(window);
    this.#takeSteps(next, at);
  }

  #checkTime(at: Micros): void {
    if (Number.isSafeInteger(at) && at >= this.#now) return;
    throw new IntegrityError(`The engine is at ${this.#now} µs and cannot go to ${at}`, {
      hints: ["Times are whole µs and never run backwards."],
    });
  }

  #latch(account: AccountId, changed: readonly number[], at: Micros): void {
    const desk = this.#desk;
    if (this.#latched.has(account) || desk.isOutside(account)) return;
    if (desk.ledger.positions(account).length === 0 || !desk.isLiquidatable(account)) return;
    const moved = desk.movedAgainst(account, changed);
    const lastInstrument = moved[0] ?? desk.ledger.positions(account)[0]?.instrument ?? 0;
    const order = this.#latchedSoFar;
    const latched = openCase({ account, order, triggeredAt: at, moved, lastInstrument });
    this.#latchedSoFar += 1;
    this.#cases.set(account, latched);
    this.#latched.add(account);
    this.#queue.push(latched);
    if (!this.#wasLatched.has(account)) {
      this.#wasLatched.add(account);
      this.#everLatched.push(account);
    }
    if (!desk.tells("triggered")) return;
    const equity = desk.model.equity(account, desk.marks);
    const maintenance = desk.model.maintenance(account, desk.marks);
    desk.emit({ kind: "triggered", at, account, moved, equity, maintenance });
  }

  /** Accounts whose steps have been taken in vain begin anew, and those in a pause may be for the vault. */
  #wake(changed: readonly number[], at: Micros): void {
    const { ledger } = this.#desk;
    if (this.#cases.size === 0 || (this.#backstopStep < 0 && this.#resting.size === 0)) return;
    for (const latched of this.#backstopStep < 0 ? this.#resting : this.#cases.values()) {
      const isResting = latched.dueAt === Number.POSITIVE_INFINITY;
      if (latched.dueAt <= at || !(isResting || this.#backstopStep >= 0)) continue;
      // Who has closed all by himself holds nothing that could move: what is left of him is settled now.
      const isClosed = ledger.positions(latched.account).length === 0;
      const isHeld = (instrument: number): boolean =>
        ledger.lots(latched.account, instrument) !== 0;
      if (!isClosed && !changed.some(isHeld)) continue;
      if (isResting) this.#schedule(latched, at);
      else if (this.#isForBackstop(latched)) {
        latched.step = this.#backstopStep;
        latched.orders = undefined;
        this.#schedule(latched, at);
      }
    }
  }

  #isForBackstop(latched: LiquidationCase): boolean {
    const step = this.#desk.steps[this.#backstopStep];
    if (step?.kind !== "backstop" || latched.step >= this.#backstopStep) return false;
    return isForBackstop(this.#context, latched, step);
  }

  #schedule(latched: LiquidationCase, at: number): void {
    if (at === Number.POSITIVE_INFINITY) this.#resting.add(latched);
    else this.#resting.delete(latched);
    latched.dueAt = at;
    this.#queue.push(latched);
  }

  /** Whether the rule lets an account go once it is safe, as things stand with it. */
  #mayBeReleased({ hasClosed, waitsAnew }: LiquidationCase): boolean {
    if (this.#release === "whenSafeAfterClose") return hasClosed || waitsAnew;
    return this.#release === "whenSafe";
  }

  #isSafe(latched: LiquidationCase): boolean {
    return this.#mayBeReleased(latched) && !this.#desk.isLiquidatable(latched.account);
  }

  /** Whether an account goes on waiting for a throttle that has nothing left: what taking its step would come to, without it. */
  #isHeldUp(latched: LiquidationCase, at: Micros): boolean {
    const order = latched.orders?.[0];
    if (order === undefined || order.limit !== "none" || !this.#throttle.isLimited) return false;
    const { instrument, fillOrKill } = order;
    // The throttle is asked of what there is to close alone: its window begins with the first question.
    if (!this.#hasLots(latched)) return false;
    const perLot = this.#desk.notionalAtMark(instrument, 1);
    const isClosed = this.#throttle.allowed(1, perLot, { at, isWhole: fillOrKill }) === 0;
    return isClosed && !this.#isSafe(latched);
  }

  /** Whether an account still has what its order is to close. */
  #hasLots({ account, orders }: LiquidationCase): boolean {
    const order = orders?.[0];
    if (order === undefined || order.lots <= 0) return false;
    return this.#desk.ledger.lots(account, order.instrument) !== 0;
  }

  /** Whether an account that is held up still has what it waits to close. One that is safe by now does not wait. */
  #waitsOn(latched: LiquidationCase): boolean {
    return this.#hasLots(latched) && !this.#isSafe(latched);
  }

  #work(latched: LiquidationCase, at: Micros): void {
    if (!this.#isHeldUp(latched, at)) {
      this.#takeSteps(latched, at);
      return;
    }
    const next = this.#throttle.nextWindow(at);
    // Who may be given to a vault meanwhile is looked at by itself.
    if (this.#backstopStep < 0 && this.#held.fits(latched)) this.#held.add(latched, next);
    else this.#schedule(latched, next);
  }

  /** Takes the steps of an account until it is closed, released, or has to wait. */
  #takeSteps(latched: LiquidationCase, at: Micros): void {
    const desk = this.#desk;
    const run = { context: this.#context, latched, at };
    for (;;) {
      if (!hasContracts(desk.ledger, latched.account)) {
        this.#finish(latched, at);
        return;
      }
      if (this.#isSafe(latched)) {
        this.#unlatch(latched.account);
        if (desk.tells("released")) desk.emit({ kind: "released", at, account: latched.account });
        return;
      }
      const step = desk.steps[latched.step];
      if (step === undefined) {
        latched.step = 0;
        this.#schedule(latched, Number.POSITIVE_INFINITY);
        return;
      }
      const waitUntil = takeStep(run, step);
      if (waitUntil !== undefined) {
        if (waitUntil <= at) throw new IntegrityError(`Invariant: ${step.kind} waits for the past`);
        this.#schedule(latched, waitUntil);
        return;
      }
      latched.orders = undefined;
      latched.step += 1;
    }
  }

  /** The account has no contracts left: its debt or what is left over is settled. */
  #finish(latched: LiquidationCase, at: Micros): void {
    const desk = this.#desk;
    const { account, lastInstrument: instrument } = latched;
    const waitUntil = sellCollateral(this.#context, latched, at);
    if (waitUntil !== undefined) {
      this.#schedule(latched, waitUntil);
      return;
    }
    const cash = desk.ledger.cash(account);
    const { takesSurplus, fund } = desk.termsOf(instrument);
    // What an owner has left who closed by himself is his.
    if (cash > 0 && takesSurplus && fund !== undefined && latched.hasClosed) {
      desk.pay(account, fund, cash);
      desk.emit({ kind: "surplusTaken", at, account, units: cash, to: fund });
    }
    if (cash < 0) this.#context.waterfall.settle({ account, instrument, units: -cash, at });
    this.#unlatch(account);
    desk.emit({ kind: "closed", at, account });
  }

  #unlatch(account: AccountId): void {
    const latched = this.#cases.get(account);
    if (latched !== undefined) this.#resting.delete(latched);
    this.#cases.delete(account);
    this.#latched.delete(account);
    this.#desk.unlatched(account);
    for (const fund of this.#funds) fund.observe(micros(this.#now));
  }
}
