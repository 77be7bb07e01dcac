import { snapshot, update } from "../bookRows.ts";

/** A book of five messages at 101 … 141 µs: two sides, changes of both, a gap, and a snapshot of one side. Ticks of 0.1, lots of 0.001. */
export const SCRIPTED_BOOK = [
  ...snapshot({
    at: 101,
    id: 1,
    bids: [
      [999, 1000],
      [900, 7],
    ],
    asks: [[1001, 2000]],
  }),
  ...update({
    at: 103,
    id: 2,
    prev: 1,
    bids: [
      [999, 0],
      [997, 1000],
    ],
  }),
  ...update({
    at: 112,
    id: 3,
    prev: 2,
    asks: [
      [1002, 3000],
      [1001, 0],
    ],
  }),
  ...update({ at: 135, id: 9, prev: 8, bids: [[1, 1]] }), // A gap.
  ...snapshot({ at: 141, id: 20, bids: [[500, 1]] }), // One side only.
];
