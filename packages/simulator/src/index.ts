export { SIMULATED_OPTIONS, SIMULATED_PERPETUAL } from "./instruments.ts";
export {
  type AccountConfig,
  type LiquidationConfig,
  type MakerConfig,
  type MarkConfig,
  type MarketChange,
  type MarketConfig,
  type MomentumConfig,
  type NoiseConfig,
  type ValueConfig,
  type ValueTraderConfig,
  DEFAULT_MARKET,
} from "./marketConfig.ts";
export type { AccountTruth, MarketTruth } from "./marketTruth.ts";
export {
  type SimulateOptions,
  type SimulatedDay,
  DEMO_SEED,
  SIMULATED_FROM,
  SIMULATOR_VERSION,
  simulate,
  simulateTruth,
} from "./simulate.ts";
