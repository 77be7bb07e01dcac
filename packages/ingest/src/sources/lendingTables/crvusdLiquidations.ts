import { DataError, isInstrumentName } from "@aftershock/schema";
import { terms } from "../../catalogue/instruments.ts";
import type { FileHead, RawRow, RowSink, Source, SourceLine } from "../../source.ts";
import { addressOf, hashOf, quantityOf } from "../onchain/addresses.ts";
import { canonicalJson } from "../onchain/canonicalJson.ts";
import { chainNamed } from "../onchain/chains.ts";
import { decimalOfText } from "../onchain/decimalText.ts";
import { emitRecord, type Emit } from "../read/emitRecords.ts";
import { jsonElements } from "../read/jsonElements.ts";
import { isObject, textField, wrongField, type JsonObject } from "../read/jsonFields.ts";
import { parseJsonTexts } from "../read/jsonNumberTexts.ts";
import { utcField } from "../read/utcTime.ts";

/** The two products that share the contracts: mint markets of crvUSD, and lending markets. */
const PLATFORMS: Readonly<Record<string, string>> = { crvUSD: "crvusd", LlamaLend: "llamalend" };

/** Amounts of the contracts have 18 decimals. */
const WAD_DECIMALS = 18;
/** No oracle here prices a token at a billion USD: one above is in units of 10^-18. */
const LARGEST_PRICE = 1e9;

interface Liquidation {
  readonly venue: string;
  readonly symbol: string;
  readonly row: RawRow<"chain">;
  readonly notes: readonly string[];
}

function venueOf(record: JsonObject): string {
  const platform = textField(record, "platform");
  const venue = Object.hasOwn(PLATFORMS, platform) ? PLATFORMS[platform] : undefined;
  if (venue === undefined) throw wrongField("platform", platform, "crvUSD or LlamaLend");
  return venue;
}

function chainField(record: JsonObject, name: string): string {
  const chain = chainNamed(textField(record, name));
  if (chain === undefined) throw wrongField(name, record[name], "a known chain");
  return chain;
}

const amount = (record: JsonObject, name: string, shift = 0): string =>
  decimalOfText(record[name], name, shift);

/** A liquidator repaid a debt and took the collateral. Percent and amounts as the vendor computed them. */
function hardLiquidation(record: JsonObject, line: number): Liquidation {
  const controller = addressOf(record["controller"], "controller");
  const args = {
    collateralReceived: amount(record, "collateral_received"),
    collateralToken: textField(record, "collateral_token"),
    debtRepaid: amount(record, "debt_repaid"),
    liquidationDiscountPercent: amount(record, "liquidation_discount"),
    liquidator: addressOf(record["liquidator"], "liquidator"),
    stablecoinReceived: amount(record, "stablecoin_received"),
    totalLossValue: amount(record, "total_loss_value"),
    user: addressOf(record["user"], "user"),
    userLossAmount: amount(record, "user_loss_amount"),
    userLossPercent: amount(record, "user_loss_percent"),
  };
  return {
    venue: venueOf(record),
    symbol: `${chainField(record, "network")}-${controller}`,
    row: {
      tsEvent: utcField(record, "liquidation_time"),
      blockNumber: quantityOf(record["block_number"], "block_number"),
      txHash: hashOf(record["tx_hash"], "tx_hash"),
      address: controller,
      event: "HardLiquidation",
      args: canonicalJson(args),
      line,
    },
    notes: [],
  };
}

/** Amounts of a segment whose collateral is in whole tokens. */
const wholeAmounts = (record: JsonObject): Readonly<Record<string, string>> => ({
  collateralAmount: amount(record, "collateral_amount"),
  collateralUpAmount: amount(record, "collateral_up_amount"),
  debt: amount(record, "debt"),
  priceOracle: amount(record, "price_oracle"),
  tvlUsd: amount(record, "tvl_usd"),
});

/**
 * Amounts of a segment whose debt and price are whole numbers of 10^-18. Its collateral was divided by some power of ten that
 * differs from token to token, so it is kept as stated under names of its own; `tvl_usd`, their product, is left out.
 */
const rawAmounts = (record: JsonObject): Readonly<Record<string, string>> => ({
  collateralAmountAsStated: amount(record, "collateral_amount"),
  collateralUpAmountAsStated: amount(record, "collateral_up_amount"),
  debt: amount(record, "debt", WAD_DECIMALS),
  priceOracle: amount(record, "price_oracle", WAD_DECIMALS),
});

/** A stretch of time in which a loan's collateral was in bands that trade. */
function softLiquidation(record: JsonObject, line: number): Liquidation {
  const isRaw = Number(amount(record, "price_oracle")) > LARGEST_PRICE;
  const market = [quantityOf(record["market_id"], "market_id"), textField(record, "market_name")];
  const start = utcField(record, "start_time");
  const end = utcField(record, "end_time");
  if (end < start) throw wrongField("end_time", record["end_time"], "after start_time");
  const args = {
    ...(isRaw ? rawAmounts(record) : wholeAmounts(record)),
    collateralToken: textField(record, "collateral_token"),
    dataPoints: String(quantityOf(record["data_points"], "data_points")),
    endTime: textField(record, "end_time"),
    softLiquidationCount: String(
      quantityOf(record["soft_liquidation_count"], "soft_liquidation_count"),
    ),
    user: addressOf(record["user"], "user"),
  };
  return {
    venue: venueOf(record),
    symbol: `${chainField(record, "chain_name")}-${market.join("-")}`,
    row: { tsEvent: start, event: "SoftLiquidation", args: canonicalJson(args), line },
    notes: isRaw ? ["rawUnitsScaled", "collateralUnitNotTold", "tvlLeftOut"] : [],
  };
}

function readLiquidation({ number, text }: SourceLine): Liquidation {
  const record = parseJsonTexts(text);
  if (!isObject(record)) throw new DataError("the record is no JSON object");
  const read = Object.hasOwn(record, "soft_liquidation_count")
    ? softLiquidation(record, number)
    : hardLiquidation(record, number);
  if (isInstrumentName(read.venue, read.symbol)) return read;
  throw wrongField("market_name", record["market_name"], "a name of letters, digits and -");
}

function recognises({ text }: FileHead): boolean {
  const [first = ""] = text.split("}", 1);
  const has = (name: string): boolean => first.includes(`"${name}"`);
  return (
    /^\s*\[\s*\{/.test(first) &&
    has("platform") &&
    ((has("debt_repaid") && has("liquidation_discount") && has("controller")) ||
      (has("soft_liquidation_count") && has("collateral_up_amount") && has("market_id")))
  );
}

async function* eachRecord(
  records: AsyncIterable<readonly SourceLine[]>,
): AsyncGenerator<SourceLine> {
  for await (const batch of records) yield* batch;
}

function emitter(sink: RowSink): (record: SourceLine) => Emit {
  return (record) => {
    const { venue, symbol, row, notes } = readLiquidation(record);
    return () => {
      sink.row("chain", venue, symbol, row);
      for (const note of notes) sink.note("chain", venue, symbol, note);
    };
  };
}

/**
 * Liquidations of crvUSD and LlamaLend as nikcrv/curve-liquidations-dashboard collects them: a JSON array. `chain` rows; numbers in
 * `args` are decimal text.
 *
 * | record | event | instrument | tsEvent |
 * |---|---|---|---|
 * | hard | HardLiquidation: amounts in whole tokens, discount and loss in percent | `crvusd:ethereum-0xa920…` (the controller) | liquidation_time, the block's |
 * | soft | SoftLiquidation: a segment from tsEvent to `endTime`, amounts averaged over its points | `llamalend:arbitrum-24-WETH-long2` (market id and name) | start_time |
 *
 * `duration_hours` is 0 throughout and left out. In the soft file of February 2025 debt and price are whole numbers of 10^-18 (known
 * by a price above 10^9, scaled here; note `rawUnitsScaled`), the collateral's unit differs from token to token
 * (`collateralUnitNotTold`), and tvl_usd is their product (`tvlLeftOut`).
 */
export const crvusdLiquidations: Source = {
  name: "crvusd-liquidations",
  version: 1,
  recognises,
  createReader: () => ({
    async read(file, sink) {
      const reader = { read: emitter(sink) };
      for await (const record of eachRecord(jsonElements(file))) emitRecord(sink, record, reader);
    },
  }),
  records: (file) => jsonElements(file),
  terms,
};
