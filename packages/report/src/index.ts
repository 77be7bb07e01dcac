export { renderReport } from "./renderReport.ts";
export type {
  DataPartition,
  LiquidationPrint,
  ReportBar,
  ReportInput,
  ReportMarket,
} from "./reportInput.ts";
