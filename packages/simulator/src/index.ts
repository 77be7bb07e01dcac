export type { Agent, TradingVenue, ValueView } from "./agents/agent.ts";
export {
  type AccountConfig,
  type ArbitrageConfig,
  type FrontRunnerConfig,
  type HedgerConfig,
  type HolderConfig,
  type MakerConfig,
  type MarketChange,
  type MarketConfig,
  marketWith,
  type MetaorderConfig,
  type MomentumConfig,
  type NewsConfig,
  type NoiseConfig,
  type ValueConfig,
  type ValueTraderConfig,
} from "./config/marketConfig.ts";
export {
  CALM_MARKET,
  type Preset,
  type PresetName,
  PRESETS,
  SIMULATED_FROM,
} from "./config/presets.ts";
export { presetOf } from "./config/presetOf.ts";
export { recordingStart } from "./config/recordingDay.ts";
export { CounterRandom } from "./counterRandom.ts";
export type {
  Estimate,
  ImpactOfSize,
  ImpactParameters,
  ImpactState,
  ImpactTruth,
  LagEstimate,
} from "./impact/impactTruth.ts";
export { type ImpactProgress, measureImpact, measuringImpact } from "./impact/measureImpact.ts";
export {
  PEGGED_PERPETUAL,
  PEGGED_SPOT,
  SIMULATED_OPTIONS,
  SIMULATED_PERPETUAL,
  SIMULATED_SPOT,
  type TradedInstruments,
} from "./instruments.ts";
export type { AgentMaker, MarketParts } from "./market/marketParts.ts";
export {
  type RunObserver,
  type SimulatedDay,
  DEMO_SEED,
  SIMULATOR_VERSION,
  simulate,
  simulateTruth,
} from "./simulate.ts";
export type { SimulateOptions } from "./simulateOptions.ts";
export type {
  AccountTruth,
  ForcedOrderTruth,
  LedgerTruth,
  MarketMinutes,
  MarketTruth,
} from "./truth/marketTruth.ts";
export type { ObservedMetaorder } from "./truth/metaorderWatch.ts";
export type { ObservedStep, StartingAccount } from "./truth/observedStep.ts";
