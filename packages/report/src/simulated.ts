import type { ReportInput } from "./reportInput.ts";

/** True when the study says so or any partition that it read is simulated: one is enough to label the whole page. */
export const isSimulated = (input: ReportInput): boolean =>
  input.study.simulated || input.data.some(({ simulated }) => simulated);
