/** Something that makes every answer wrong in a known direction. Plain JSON, shown with every result. */
export interface Bias {
  readonly name: string;
  /** Which way it pushes the effect that is told of a change: `up` makes it look larger than it is. */
  readonly direction: "up" | "down" | "either";
  /** How large it is, where that is known. */
  readonly size?: string;
  readonly says: string;
}

/** What is known to be wrong with every counterfactual, whatever its bands say. */
export const KNOWN_BIASES: readonly Bias[] = [
  {
    name: "endogeneity",
    direction: "up",
    says: "Prices fall and accounts are liquidated for the same reasons: what the news did is in part put down to forced selling, on the days of the calibration and on this one.",
  },
  {
    name: "slow answers",
    direction: "down",
    says: "How prices answer to forced selling is followed for four minutes, as what comes later cannot be told from the news: what selling does to prices for longer is left out.",
  },
  {
    name: "under-reported prints",
    direction: "down",
    size: "up to 6.3 times, at Bybit once",
    says: "Venues print fewer forced orders than there were (at most one a second on some): where positions come of prints, the flow that a rule would have removed is too small.",
  },
  {
    name: "reactions of others",
    direction: "either",
    says: "Makers, stop orders and traders are taken to answer to a change as they answered on average on the days of the calibration: under a rule that they know they would do something else. Visible, slow selling has attracted depth; a breaker that is near can make people sell before it.",
  },
  {
    name: "depth already depressed",
    direction: "up",
    says: "The recorded book had been thinned by the cascade itself: with less of it each order would have met more.",
  },
  {
    name: "selling that is only delayed",
    direction: "up",
    says: "Forced selling that a rule puts off is still to come: what is owed at the end is told beside each figure, and the horizons are to be compared.",
  },
  {
    name: "depegs and outages",
    direction: "either",
    says: "What a broken peg, a halted venue or a stuck chain did to prices is not flow, and no change of rules takes it away here.",
  },
];
