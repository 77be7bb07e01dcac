import type { InWindows } from "./factTypes.ts";

/** What sums something up over a stretch of time. */
export interface Summing<T> {
  clear(): void;
  copyFrom(other: T): void;
}

/** Which records a window that is over has set. */
export interface WindowRecords {
  readonly isCalmest: boolean;
  readonly isWorst: boolean;
}

/** Sums of the whole recording, of the window in hand, and of the calmest and the worst of those that are over. */
export class Windowed<T extends Summing<T>> {
  readonly all: T;
  readonly current: T;
  readonly calmest: T;
  readonly worst: T;

  /** `make` gives an empty one. */
  constructor(make: () => T) {
    this.all = make();
    this.current = make();
    this.calmest = make();
    this.worst = make();
  }

  /** The window in hand is over. */
  close({ isCalmest, isWorst }: WindowRecords): void {
    if (isCalmest) this.calmest.copyFrom(this.current);
    if (isWorst) this.worst.copyFrom(this.current);
    this.current.clear();
  }

  /** What `read` makes of each; of windows only where there are two of them at least. */
  map<R>(read: (sums: T) => R, windows: number): InWindows<R> {
    const told = windows >= FEWEST_WINDOWS;
    return {
      all: read(this.all),
      calmest: told ? read(this.calmest) : undefined,
      worst: told ? read(this.worst) : undefined,
    };
  }
}

/** Of one window there is no calmest and no worst. */
export const FEWEST_WINDOWS = 2;
