import type { JsonPlace } from "@aftershock/schema";

/** What a vault of one collateral is held to. Fields are undefined where no source gives them. */
export interface VaultRule {
  /** Collateral over debt below which it is liquidated ("mat"): 1.5. */
  readonly liquidationRatio: number | undefined;
  /** What a liquidation adds to the debt ("chop"), a fraction. */
  readonly penaltyRate: number | undefined;
  /** Least debt of a vault ("dust"), DAI. */
  readonly minimumDebtDai: number | undefined;
  /** Most debt of all vaults of the collateral ("line"), DAI. */
  readonly debtCeilingDai: number | undefined;
  /** Stability fee, a fraction a year. */
  readonly stabilityFeePerYear: number | undefined;
  /** Whether vaults are liquidated at all. */
  readonly liquidates: boolean;
}

/** Auctions in which bids rise (Liquidations 1.0, "flip"). Fields are undefined where no source gives them. */
export interface EnglishAuction {
  readonly kind: "english";
  /** Largest collateral of one auction ("lump"), in the collateral. */
  readonly lotCollateral: number | undefined;
  /** Largest debt of one auction ("dunk"), DAI. */
  readonly lotDai: number | undefined;
  /** Most debt in auctions at once ("box"), DAI. */
  readonly totalDai: number | undefined;
  /** Each bid is above the one before by this fraction at least ("beg"). */
  readonly bidIncrease: number | undefined;
  /** The auction ends so long after its last bid ("ttl"), seconds. */
  readonly bidSeconds: number | undefined;
  /** And so long after its start ("tau"), seconds. */
  readonly auctionSeconds: number | undefined;
}

/** Auctions in which the price falls (Liquidations 2.0, "clip"). Fields are undefined where no source gives them. */
export interface DutchAuction {
  readonly kind: "dutch";
  /** The price starts at the oracle's × this ("buf"). */
  readonly startFactor: number | undefined;
  /** It is reset when the price is below the start × this ("cusp"), or after so long ("tail"), seconds. */
  readonly resetBelowShare: number | undefined;
  readonly resetAfterSeconds: number | undefined;
  /** Every so many seconds the price is cut to this share ("step", "cut"). */
  readonly stepSeconds: number | undefined;
  readonly cutShare: number | undefined;
  /** Most debt in auctions of this collateral at once ("hole"), DAI. */
  readonly totalDai: number | undefined;
  /** What the keeper who starts it gets ("tip" and "chip"): DAI, and a fraction of the debt. */
  readonly keeperDai: number | undefined;
  readonly keeperRate: number | undefined;
}

/** How the collateral of a liquidated vault is sold. */
export type AuctionRule = EnglishAuction | DutchAuction;

/** What holds for all vaults. Fields are undefined where no source gives them. */
export interface SystemRule {
  /** Savings rate, a fraction a year. */
  readonly savingsRatePerYear: number | undefined;
  /** Most debt of all collaterals together ("Line"), DAI. */
  readonly totalDebtCeilingDai: number | undefined;
  /** Most debt in auctions of all collaterals at once ("Hole"), DAI. */
  readonly totalAuctionsDai: number | undefined;
  /** A debt auction ends so long after its last bid, seconds. */
  readonly debtBidSeconds: number | undefined;
  /** How long bad debt waits before it is auctioned ("wait"), seconds. */
  readonly debtDelaySeconds: number | undefined;
  /** How long a decision of governance waits before it acts, seconds. */
  readonly governanceDelaySeconds: number | undefined;
  /** How late the oracle's price is, seconds. */
  readonly oracleDelaySeconds: number | undefined;
}

const positive = (place: JsonPlace | undefined): number | undefined => place?.number({ above: 0 });
const atLeastZero = (place: JsonPlace | undefined): number | undefined =>
  place?.number({ from: 0 });
const share = (place: JsonPlace | undefined): number | undefined =>
  place?.number({ above: 0, to: 1 });

/** Reads what a vault is held to. Throws DataError naming the place. */
export function readVaultRule(place: JsonPlace): VaultRule {
  const fields = place.fields(
    [],
    [
      "liquidationRatio",
      "penaltyRate",
      "minimumDebtDai",
      "debtCeilingDai",
      "stabilityFeePerYear",
      "liquidates",
    ],
  );
  return {
    liquidationRatio: fields.liquidationRatio?.number({ from: 1 }),
    penaltyRate: atLeastZero(fields.penaltyRate),
    minimumDebtDai: atLeastZero(fields.minimumDebtDai),
    debtCeilingDai: atLeastZero(fields.debtCeilingDai),
    stabilityFeePerYear: atLeastZero(fields.stabilityFeePerYear),
    liquidates: fields.liquidates?.flag() ?? true,
  };
}

function readEnglish(place: JsonPlace): EnglishAuction {
  const fields = place.fields(
    ["kind"],
    ["lotCollateral", "lotDai", "totalDai", "bidIncrease", "bidSeconds", "auctionSeconds"],
  );
  return {
    kind: "english",
    lotCollateral: positive(fields.lotCollateral),
    lotDai: positive(fields.lotDai),
    totalDai: positive(fields.totalDai),
    bidIncrease: share(fields.bidIncrease),
    bidSeconds: positive(fields.bidSeconds),
    auctionSeconds: positive(fields.auctionSeconds),
  };
}

/** Reads how collateral is auctioned. Throws DataError naming the place. */
export function readAuctionRule(place: JsonPlace): AuctionRule {
  if (place.kind(["english", "dutch"]) === "english") return readEnglish(place);
  const fields = place.fields(
    ["kind"],
    [
      "startFactor",
      "resetBelowShare",
      "resetAfterSeconds",
      "stepSeconds",
      "cutShare",
      "totalDai",
      "keeperDai",
      "keeperRate",
    ],
  );
  return {
    kind: "dutch",
    startFactor: positive(fields.startFactor),
    resetBelowShare: share(fields.resetBelowShare),
    resetAfterSeconds: positive(fields.resetAfterSeconds),
    stepSeconds: positive(fields.stepSeconds),
    cutShare: share(fields.cutShare),
    totalDai: positive(fields.totalDai),
    keeperDai: atLeastZero(fields.keeperDai),
    keeperRate: atLeastZero(fields.keeperRate),
  };
}

/** Reads what holds for all vaults. Throws DataError naming the place. */
export function readSystemRule(place: JsonPlace): SystemRule {
  const fields = place.fields(
    [],
    [
      "savingsRatePerYear",
      "totalDebtCeilingDai",
      "totalAuctionsDai",
      "debtBidSeconds",
      "debtDelaySeconds",
      "governanceDelaySeconds",
      "oracleDelaySeconds",
    ],
  );
  return {
    savingsRatePerYear: atLeastZero(fields.savingsRatePerYear),
    totalDebtCeilingDai: positive(fields.totalDebtCeilingDai),
    totalAuctionsDai: positive(fields.totalAuctionsDai),
    debtBidSeconds: positive(fields.debtBidSeconds),
    debtDelaySeconds: atLeastZero(fields.debtDelaySeconds),
    governanceDelaySeconds: atLeastZero(fields.governanceDelaySeconds),
    oracleDelaySeconds: atLeastZero(fields.oracleDelaySeconds),
  };
}
