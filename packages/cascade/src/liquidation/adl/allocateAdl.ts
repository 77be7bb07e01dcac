import { DataError } from "@aftershock/schema";
import type { AccountId } from "../../account/ledger.ts";
import { type AdlCandidate, openProfit } from "./adlCandidate.ts";
import type { AdlScore } from "./adlScore.ts";
import { apportion, apportionMinMax } from "./apportion.ts";

/** What is to be taken over, and by whom it may be. */
export interface AdlRequest {
  /** All on one side, opposite to the bankrupt one; an account at most once. Their order means nothing but to `allocateInTurn`. */
  readonly candidates: readonly AdlCandidate[];
  /** Lots of the bankrupt position, whole, 0 or more. */
  readonly lots: number;
}

/** How much of an account's position is closed. */
export interface AdlShare {
  readonly account: AccountId;
  /** Whole, above 0, at most those held. */
  readonly lots: number;
}

/** Who is closed by how much: the shares and what is unfilled sum to exactly what was asked for. */
export interface AdlAllocation {
  /** In the order in which they are closed; where all are closed at once, by account. */
  readonly shares: readonly AdlShare[];
  /** Lots that no candidate is left for. */
  readonly unfilled: number;
}

/** How much weight a candidate carries, finite and 0 or more. */
export type AdlWeight = (candidate: AdlCandidate) => number;

/** Weight of a candidate: lots held. Every position is closed by the same share. */
export const bySize: AdlWeight = ({ lots }) => Math.abs(lots);
/** Weight of a candidate: open profit, 0 of a loss. Every winner gives up lots in proportion to what it has won. */
export const byProfit: AdlWeight = (candidate) => Math.max(0, openProfit(candidate));
/** Weight of a candidate: equity of its account, 0 below it. */
export const byEquity: AdlWeight = ({ equity }) => Math.max(0, equity);

const complain = (what: string): never => {
  throw new DataError(`Auto-deleveraging: ${what}`, {
    hints: [
      "Hand in whole lots, and one position an account, all on the side that the bankrupt one is not on.",
    ],
  });
};

/** Throws DataError for a candidate with half lots, or a value that is no number. */
export function checkCandidate(candidate: AdlCandidate): void {
  const { account, lots, entryValue, markValue, bankruptValue, equity, wallet } = candidate;
  if (!Number.isSafeInteger(lots) || lots === 0) {
    complain(`account ${account} cannot hold ${lots} lots`);
  }
  const isValued =
    Number.isFinite(entryValue) &&
    Number.isFinite(markValue) &&
    Number.isFinite(bankruptValue) &&
    Number.isFinite(equity) &&
    Number.isFinite(wallet) &&
    Number.isFinite(candidate.maintenance);
  if (!isValued) complain(`account ${account} has a value that is no number`);
}

/** Throws DataError for a score that is none. */
export function checkScore(account: AccountId, score: number): void {
  if (!Number.isNaN(score)) return;
  throw new DataError(`Account ${account} has no score: NaN`, {
    hints: ["Value every candidate: entry, mark, equity, wallet and maintenance are numbers."],
  });
}

/** Throws DataError where a request cannot be meant: half lots, both sides, an account twice, a value that is no number. */
function check({ candidates, lots }: AdlRequest): void {
  if (!Number.isSafeInteger(lots) || lots < 0) complain(`${lots} lots cannot be taken over`);
  const seen = new Set<AccountId>();
  let held = 0;
  for (const candidate of candidates) {
    const { account, lots: position } = candidate;
    checkCandidate(candidate);
    if (position > 0 !== (candidates[0]?.lots ?? 0) > 0) {
      complain(`account ${account} is on the other side than account ${candidates[0]?.account}`);
    }
    if (seen.has(account)) complain(`account ${account} is there twice`);
    seen.add(account);
    held += Math.abs(position);
  }
  if (!Number.isSafeInteger(held)) complain("the positions sum to 2^53 lots or more");
}

/** Closes whole positions in an order until the lots are used up. */
function closeInOrder(order: readonly AdlCandidate[], lots: number): AdlAllocation {
  const shares: AdlShare[] = [];
  let unfilled = lots;
  for (const { account, lots: held } of order) {
    if (unfilled === 0) break;
    const closed = Math.min(unfilled, Math.abs(held));
    shares.push({ account, lots: closed });
    unfilled -= closed;
  }
  return { shares, unfilled };
}

/** The candidates by a number of each, the highest first, ties by account. Throws DataError where it is NaN. */
function ranked(candidates: readonly AdlCandidate[], numberOf: AdlWeight): AdlCandidate[] {
  const scored = candidates.map((candidate) => ({ candidate, score: numberOf(candidate) }));
  for (const { candidate, score } of scored) checkScore(candidate.account, score);
  scored.sort((a, b) =>
    a.score === b.score ? a.candidate.account - b.candidate.account : a.score < b.score ? 1 : -1,
  );
  return scored.map(({ candidate }) => candidate);
}

/**
 * The queue of a venue: the highest score first, whole positions until the lots are used up, the last one in part; ties by account.
 * `unitsPerOne`: units in one of the currency (Currency). Throws DataError on bad requests and scores that are NaN.
 *
 * Assumes that scores do not change while the queue is worked through. Wrong where one bankrupt account after another is closed: rank anew
 * for each.
 */
export function allocateByQueue(
  request: AdlRequest,
  { score, unitsPerOne }: { score: AdlScore; unitsPerOne: number },
): AdlAllocation {
  check(request);
  const order = ranked(request.candidates, (candidate) => score(candidate, unitsPerOne));
  return closeInOrder(order, request.lots);
}

/** Allocates whole lots to candidates by account: `parts` gets capacities and weights in that order. */
export function allocateParts(
  request: AdlRequest,
  weight: AdlWeight,
  parts: typeof apportion,
): AdlAllocation {
  check(request);
  const byAccount = [...request.candidates].sort((a, b) => a.account - b.account);
  const weights = byAccount.map(weight);
  const wrong = weights.findIndex((value) => !(value >= 0 && value < Number.POSITIVE_INFINITY));
  if (wrong >= 0) {
    throw new DataError(`Account ${byAccount[wrong]?.account} has a weight of ${weights[wrong]}`, {
      hints: ["Weights are finite and 0 or more."],
    });
  }
  const capacities = byAccount.map(({ lots }) => Math.abs(lots));
  const closed = parts({ quantity: request.lots, capacities, weights });
  const shares = byAccount
    .map(({ account }, index) => ({ account, lots: closed[index] ?? 0 }))
    .filter(({ lots }) => lots > 0);
  return { shares, unfilled: shares.reduce((left, { lots }) => left - lots, request.lots) };
}

/**
 * Pro-rata: every candidate closes in proportion to its weight (default: its size), none more than it holds, whole lots by largest remainders.
 * Candidates of weight 0 are closed only when all others are. Throws DataError on bad requests and weights.
 *
 * By size it is what Drift and Paradex do according to Chitra et al., arXiv 2602.15182; by profit or by equity it is the wealth pro-rata of arXiv
 * 2512.01112 when lots lose the same each, as those of one instrument do.
 */
export const allocateProRata = (
  request: AdlRequest,
  { weight = bySize }: { weight?: AdlWeight } = {},
): AdlAllocation => allocateParts(request, weight, apportion);

/**
 * Closes whole lots so that the largest burden, lots / weight, is as small as it can be (default weight: open profit): the min-max programme of Chitra et al.,
 * arXiv 2602.15182 eq. 8. Throws DataError as `allocateProRata`.
 *
 * Exact for one instrument. Theirs also couples the instruments of a user, and needs a solver.
 */
export const allocateMinMax = (
  request: AdlRequest,
  { weight = byProfit }: { weight?: AdlWeight } = {},
): AdlAllocation => allocateParts(request, weight, apportionMinMax);

/** Where dYdX begins, how far it goes and whom it passes over. */
export interface InTurnOptions {
  /** Index of the candidate to begin with, 0 ≤ startAt < number of candidates (0 without any). */
  readonly startAt: number;
  /** How many candidates are looked at. */
  readonly atMost?: number;
  /** Whether a candidate can close so many lots at the price; those who cannot are passed over. Default: everyone can. */
  readonly canClose?: (candidate: AdlCandidate, lots: number) => boolean;
}

/** Candidates that a node of dYdX v4 looks at by default: flag max-deleveraging-subaccounts-to-iterate, v4-chain x/clob/flags. */
const DYDX_AT_MOST = 500;

/**
 * dYdX v4: no ranking. From a pseudo-random candidate on, in the order handed in and around its end, each closes as much as it holds until the lots
 * are used up. Source: v4-chain x/clob/keeper/deleveraging.go, OffsetSubaccountPerpetualPosition, as of 2024. Throws DataError on bad requests and
 * starts.
 *
 * The draw is the caller's: the chain seeds it by block. Who cannot close at the bankruptcy price without becoming bankrupt (prices that do not
 * overlap) is passed over, which `canClose` decides. Assumes the order of candidates that the node's daemon has, which the chain's state does not
 * show: a replay of one deleveraging will differ from the record, and only many tell.
 */
export function allocateInTurn(
  request: AdlRequest,
  { startAt, atMost = DYDX_AT_MOST, canClose = () => true }: InTurnOptions,
): AdlAllocation {
  check(request);
  const { candidates, lots } = request;
  const isIndex = Number.isInteger(startAt) && startAt >= 0;
  if (!isIndex || (startAt > 0 && startAt >= candidates.length)) {
    throw new DataError(
      `There is no candidate ${startAt} among ${candidates.length} to begin with`,
      {
        hints: ["Draw a whole number from 0 to below the number of candidates."],
      },
    );
  }
  const turn = [...candidates.slice(startAt), ...candidates.slice(0, startAt)].slice(0, atMost);
  let left = lots;
  const willing = turn.filter((candidate) => {
    const asked = Math.min(left, Math.abs(candidate.lots));
    if (asked === 0 || !canClose(candidate, asked)) return false;
    left -= asked;
    return true;
  });
  return closeInOrder(willing, lots);
}
