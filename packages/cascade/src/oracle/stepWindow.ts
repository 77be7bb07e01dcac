import { ConfigError } from "@aftershock/schema";

/** How far back an average looks. */
export interface StepWindow {
  /** The window, µs: a whole number of steps, above 0. */
  readonly windowMicros: number;
  /** Time between the instants that count, µs, whole; they are the multiples of it. Default 1: every instant counts. */
  readonly stepMicros?: number;
}

/** A window as a number of steps, and their length in µs. Throws ConfigError where it is none. */
export function stepsOf({ windowMicros, stepMicros = 1 }: StepWindow): {
  readonly count: number;
  readonly micros: number;
} {
  const count = windowMicros / stepMicros;
  const isWhole = Number.isSafeInteger(stepMicros) && Number.isSafeInteger(count);
  if (!isWhole || stepMicros < 1 || count < 1) {
    throw new ConfigError(
      `A window of ${windowMicros} µs is not a whole number of steps of ${stepMicros} µs`,
      { hints: ["Give whole µs above 0, the window a multiple of the step."] },
    );
  }
  return { count, micros: stepMicros };
}
