import type { Source } from "./source.ts";
import { binanceVision } from "./sources/binance-vision/binanceVision.ts";
import { binanceRaw } from "./sources/binance/binanceRaw.ts";
import { cryptofeed } from "./sources/cryptofeed/cryptofeed.ts";
import { deribitChain } from "./sources/deribit/deribitChain.ts";
import { tardis } from "./sources/tardis/tardis.ts";
import { bitfinex } from "./sources/bitfinex/bitfinex.ts";
import { bybit } from "./sources/bybit/bybit.ts";
import { candles } from "./sources/candles/candles.ts";
import { coinglass } from "./sources/coinglass/coinglass.ts";
import { curveMetrics } from "./sources/curve/curveMetrics.ts";
import { hyperliquid } from "./sources/hyperliquid/hyperliquid.ts";
import { hyperliquidAdl } from "./sources/hyperliquid/hyperliquidAdl.ts";
import { hyperliquidDump } from "./sources/hyperliquid/hyperliquidDump.ts";
import { hyperliquidRaw } from "./sources/hyperliquidRaw/hyperliquidRaw.ts";
import { lean } from "./sources/lean/lean.ts";
import { lighter } from "./sources/lighter/lighter.ts";
import { marketSummaries } from "./sources/summaries/marketSummaries.ts";
import { mfivEvidence } from "./sources/mfiv/mfivEvidence.ts";
import { stablesims } from "./sources/stablesims/stablesims.ts";
import { okx } from "./sources/okx/okx.ts";
import { bitmex } from "./sources/bitmex/bitmex.ts";
import { deribit } from "./sources/deribit/deribit.ts";
import { aavePositions } from "./sources/aavePositions/aavePositions.ts";
import { chainlink } from "./sources/chainlink/chainlink.ts";
import { demeter } from "./sources/demeter/demeter.ts";
import { dune } from "./sources/dune/dune.ts";
import { databento } from "./sources/databento/databento.ts";
import { lobster } from "./sources/lobster/lobster.ts";
import { evmLogs } from "./sources/evmLogs/evmLogs.ts";
import { aaveV2Liquidations } from "./sources/lendingTables/aaveV2Liquidations.ts";
import { compoundV3Liquidations } from "./sources/lendingTables/compoundV3Liquidations.ts";
import { crvusdLiquidations } from "./sources/lendingTables/crvusdLiquidations.ts";
import { kraken } from "./sources/kraken/kraken.ts";
import { coinbase } from "./sources/coinbase/coinbase.ts";
import { gate } from "./sources/gate/gate.ts";
import { cryptohft } from "./sources/cryptohft/cryptohft.ts";

/** Every format that can be ingested, by its name on the command line. */
export const SOURCES: readonly Source[] = [
  tardis,
  binanceRaw,
  deribitChain,
  cryptofeed,
  binanceVision,
  bybit,
  candles,
  lean,
  stablesims,
  coinglass,
  curveMetrics,
  hyperliquid,
  hyperliquidDump,
  hyperliquidAdl,
  hyperliquidRaw,
  lighter,
  bitfinex,
  marketSummaries,
  mfivEvidence,
  okx,
  bitmex,
  deribit,
  evmLogs,
  chainlink,
  aaveV2Liquidations,
  compoundV3Liquidations,
  crvusdLiquidations,
  aavePositions,
  demeter,
  dune,
  kraken,
  databento,
  lobster,
  coinbase,
  gate,
  cryptohft,
];
