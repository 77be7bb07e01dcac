import type { Duck } from "@aftershock/ingest";
import type { Instrument } from "@aftershock/schema";
import { streamOf, testInstrument, type Row } from "../../../../packages/replay/test/batchOf.ts";
import { snapshot, update, type MessageText } from "../../../../packages/replay/test/bookRows.ts";
import { compareProbes, type Verdict } from "./compareProbes.ts";
import type { Setting } from "./ourRuns.ts";
import type { PeerJob, PeerRun } from "./peerRuns.ts";
import type { Probe } from "./probes.ts";
import { makeRecording, type Recording } from "./recordings.ts";
import type { Fill } from "./studyRun.ts";

/** An order of a made-up event list. Times are ms from its start. */
interface MadeOrder {
  readonly at: number;
  readonly side: 1 | -1;
  readonly price: number;
  readonly size: number;
  /** True for one that takes what is there and ends; others are post-only. */
  readonly isIoc?: boolean;
}

/** A tiny event list on which both programs fill in one known way. Prices are ticks, sizes lots, times ms from the start. */
export interface Difference {
  /** The difference that the list shows; `same` for none. */
  readonly verdict: Verdict;
  readonly what: string;
  readonly setting: Pick<Setting, "queue" | "partial"> & { readonly clock?: Setting["clock"] };
  /** After the snapshot of 10 lots at 100 and 10 at 101, and 10 a level to 97 and 104. */
  readonly updates: readonly MessageText[];
  readonly trades: readonly (readonly [at: number, side: 1 | -1, price: number, size: number])[];
  readonly orders: readonly MadeOrder[];
  /** What is worked out by hand, `size @ price` of each fill, orders parted by `;`. */
  readonly ours: string;
  readonly theirs: string;
  /** Position that hftbacktest's account says, lots, where it is not that of its fills. */
  readonly theirAccount?: number;
}

const CAREFUL = { queue: "riskAverse", partial: false } as const;
const CAREFUL_PARTS = { queue: "riskAverse", partial: true } as const;
const POWER = { queue: "power", partial: false } as const;
const BUY_AT_100: MadeOrder = { at: 100, side: 1, price: 100, size: 5 };

/** Where both agree, then each difference alone. */
export const DIFFERENCES: readonly Difference[] = [
  {
    verdict: "same",
    what: "10 lots ahead, 12 traded",
    setting: CAREFUL,
    updates: [{ at: 210, bids: [[100, 0]] }],
    trades: [[200, -1, 100, 12]],
    orders: [BUY_AT_100],
    ours: "5 @ 100",
    theirs: "5 @ 100",
  },
  {
    verdict: "same",
    what: "10 lots ahead, 12 and 3 traded; their account counts the completing fill only",
    setting: CAREFUL_PARTS,
    updates: [{ at: 310, bids: [[100, 0]] }],
    trades: [
      [200, -1, 100, 12],
      [300, -1, 100, 3],
    ],
    orders: [BUY_AT_100],
    ours: "2 @ 100, 3 @ 100",
    theirs: "2 @ 100, 3 @ 100",
    theirAccount: 3,
  },
  {
    // Of 10 lots ahead 3 trade and 3 are cancelled, and none is behind: 4 stay ahead. Ours is told the books first, theirs the trade.
    verdict: "same",
    what: "at one instant 10 lots become 4, then 9, and 3 trade; then 5 trade",
    setting: { ...POWER, clock: "event" },
    updates: [
      { at: 200, bids: [[100, 4]] },
      { at: 200, bids: [[100, 9]] },
      { at: 310, bids: [[100, 4]] },
    ],
    trades: [
      [200, -1, 100, 3],
      [300, -1, 100, 5],
    ],
    orders: [BUY_AT_100],
    ours: "5 @ 100",
    theirs: "5 @ 100",
  },
  {
    // Ours: of 10 gone beside 10 traded, 20³ / (20³ + 10³) stood behind, 8.9 stay ahead. Theirs: 30³ / (30³ + 10³), 9.6 stay.
    verdict: "shares",
    what: "10 ahead and 20 behind after a trade, 10 cancelled, 10 traded",
    setting: POWER,
    updates: [
      { at: 50, bids: [[100, 20]] },
      { at: 150, bids: [[100, 40]] },
      { at: 210, bids: [[100, 20]] },
      { at: 310, bids: [[100, 10]] },
    ],
    trades: [
      [200, -1, 100, 10],
      [300, -1, 100, 10],
    ],
    orders: [BUY_AT_100],
    ours: "5 @ 100",
    theirs: "",
  },
  {
    // 20³ ahead and 10³ behind: of 3 cancelled 2.7 were ahead, 17.3 stay. 0.7 lots of a trade of 18 are none by ours, and by theirs one.
    verdict: "shares",
    what: "20 ahead and 10 behind, 3 cancelled, 18 traded",
    setting: POWER,
    updates: [
      { at: 50, bids: [[100, 20]] },
      { at: 150, bids: [[100, 30]] },
      { at: 180, bids: [[100, 27]] },
      { at: 210, bids: [[100, 9]] },
    ],
    trades: [[200, -1, 100, 18]],
    orders: [BUY_AT_100],
    ours: "",
    theirs: "5 @ 100",
  },
  {
    verdict: "through",
    what: "1 lot trades a tick below the order",
    setting: CAREFUL_PARTS,
    updates: [
      {
        at: 210,
        bids: [
          [100, 0],
          [99, 9],
        ],
      },
    ],
    trades: [[200, -1, 99, 1]],
    orders: [BUY_AT_100],
    ours: "1 @ 100",
    theirs: "5 @ 100",
  },
  {
    verdict: "joined",
    what: "4 of the 10 lots have traded when the order joins, and the book does not show it; 8 more trade",
    setting: CAREFUL,
    updates: [{ at: 110, bids: [[100, 0]] }],
    trades: [
      [101, -1, 100, 4],
      [105, -1, 100, 8],
    ],
    orders: [BUY_AT_100],
    ours: "5 @ 100",
    theirs: "",
  },
  {
    verdict: "prints",
    what: "all 10 lots have traded when the order comes for them, and the book does not show it",
    setting: CAREFUL,
    updates: [{ at: 110, asks: [[101, 0]] }],
    trades: [[101, 1, 101, 10]],
    orders: [{ at: 100, side: 1, price: 101, size: 3, isIoc: true }],
    ours: "",
    theirs: "3 @ 101",
  },
  {
    verdict: "taken",
    what: "two orders for 8 of the same 10 lots",
    setting: CAREFUL_PARTS,
    updates: [],
    trades: [],
    orders: [
      { at: 100, side: 1, price: 101, size: 8, isIoc: true },
      { at: 200, side: 1, price: 101, size: 8, isIoc: true },
    ],
    ours: "8 @ 101; 2 @ 101",
    theirs: "8 @ 101; 8 @ 101",
  },
  {
    verdict: "told",
    what: "15 lots from two levels of 10",
    setting: CAREFUL_PARTS,
    updates: [],
    trades: [],
    orders: [{ at: 100, side: 1, price: 102, size: 15, isIoc: true }],
    ours: "10 @ 101, 5 @ 102",
    theirs: "15 @ 102",
    theirAccount: 5,
  },
  {
    verdict: "whole",
    what: "15 lots from a level of 10",
    setting: CAREFUL,
    updates: [],
    trades: [],
    orders: [{ at: 100, side: 1, price: 101, size: 15, isIoc: true }],
    ours: "10 @ 101",
    theirs: "15 @ 101",
  },
];

/** 2024-01-01 00:00:00 UTC, µs. */
const START = 1_704_067_200_000_000;
const END_MS = 1_000;
const at = (ms: number): number => START + ms * 1_000;

const LEVELS: MessageText = {
  at: at(0),
  bids: [
    [100, 10],
    [99, 10],
    [98, 10],
    [97, 10],
  ],
  asks: [
    [101, 10],
    [102, 10],
    [103, 10],
    [104, 10],
  ],
};

/** What came of a list. */
export interface DifferenceFound {
  readonly difference: Difference;
  readonly ours: string;
  readonly theirs: string;
  readonly verdict: Verdict;
  /** True where everything is as it was worked out. */
  readonly isAsSaid: boolean;
}

/** A list, and what hftbacktest is asked about it. */
export interface DifferenceTask {
  readonly job: PeerJob;
  readonly take: (theirs: PeerRun) => Promise<DifferenceFound>;
}

const textOf = (fills: readonly (readonly Fill[])[]): string =>
  fills
    .map((some) => some.map(({ size, price }) => `${size} @ ${price}`).join(", "))
    .filter((text) => text !== "")
    .join("; ");

function recordingOf(
  { updates, trades }: Difference,
  name: string,
  lake: { readonly folder: string; readonly duck: Duck },
): Promise<Recording> {
  const grid = { mantissa: 1, decimals: 0 };
  const instrument: Instrument = testInstrument({
    symbol: name.toUpperCase(),
    tick: grid,
    lot: grid,
  });
  const book = [
    ...snapshot(LEVELS),
    ...updates.flatMap((message) => update({ ...message, at: at(message.at ?? 0) })),
    ...update({ at: at(END_MS), bids: [[97, 11]] }),
  ];
  const rows = [...trades, [END_MS, 1, 104, 1] as const].map(
    ([ms, side, price, size], index): Row<"trades"> => {
      return { tsEvent: at(ms), tsRecv: at(ms), tradeId: String(index), side, price, size };
    },
  );
  const streams = [
    streamOf("book", book, { instrument }),
    streamOf("trades", rows, { instrument }),
  ];
  return makeRecording({ name, id: instrument.id, made: () => streams }, lake);
}

async function found(
  difference: Difference,
  recording: Recording,
  terms: { setting: Setting; probes: readonly Probe[]; theirs: PeerRun },
): Promise<DifferenceFound> {
  const { setting, probes, theirs } = terms;
  const { ours, verdicts } = await compareProbes(recording, probes, { setting, theirs });
  const verdict = verdicts.find((one) => one !== "same") ?? "same";
  const [oursText, theirsText] = [textOf(ours.fills), textOf(theirs.fills)];
  const filled = theirs.fills.flat().reduce((sum, { size }) => sum + size, 0);
  const account = Math.abs(theirs.state.position - (difference.theirAccount ?? filled));
  const isAsSaid =
    oursText === difference.ours &&
    theirsText === difference.theirs &&
    verdict === difference.verdict &&
    account < 0.01;
  return { difference, ours: oursText, theirs: theirsText, verdict, isAsSaid };
}

/** Makes the event lists, one recording each. */
export async function differenceTasks(
  latency: Pick<Setting, "orderMicros" | "responseMicros">,
  lake: { readonly folder: string; readonly duck: Duck },
): Promise<readonly DifferenceTask[]> {
  const tasks: DifferenceTask[] = [];
  for (const [index, difference] of DIFFERENCES.entries()) {
    const name = `${difference.verdict}-${index}`;
    const recording = await recordingOf(difference, name, lake);
    const setting: Setting = { clock: "recv", ...latency, ...difference.setting };
    const probes = difference.orders.map((order): Probe => {
      const { side, price, size, isIoc = false } = order;
      const sentAt = at(order.at);
      const cancelAt = Number.POSITIVE_INFINITY;
      return { sentAt, side, price, size, isIoc, cancelAt, bid: 100, ask: 101, lane: 0 };
    });
    tasks.push({
      job: { name, recording, setting, study: { kind: "probes", probes } },
      take: (theirs) => found(difference, recording, { setting, probes, theirs }),
    });
  }
  return tasks;
}
