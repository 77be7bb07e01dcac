/**
 * The loop that drives a replay whose study hears best prices at each message, made once for each class of studies: what V8 learns of a call in a loop it
 * learns for all who use the loop, so that studies of many classes would have theirs called the slow way. Plain twin: ReplaySession.take for each run.
 * Benchmark: test/bench/strategies.ts (a tenth of the time, among eight classes).
 */
import type { Micros } from "@aftershock/schema";
import type { RunMerger } from "./clock/runMerger.fast.ts";
import type { OnTouch, ReplayHandlers } from "./replayOptions.ts";
import type { ReplaySession } from "./replaySession.ts";

/** Plays runs until a stream must be refilled. */
export type TouchLoop = (merger: RunMerger, session: ReplaySession, onTouch: OnTouch) => void;

/** Classes that are told apart; others than the first so many share the plain loop. */
const CLASSES = 64;
/** Replays of a class before it has a loop of its own, which is compiled for a few milliseconds. */
const FIRST_REPLAYS = 2;

/** The loop that others are made of: its text may name nothing from outside of it. */
function tellTouches(merger: RunMerger, session: ReplaySession, onTouch: OnTouch): void {
  while (merger.next()) {
    const ahead = session.begin(merger);
    if (ahead !== undefined) {
      const { from, to, times, source } = merger;
      const { touch } = ahead;
      for (let row = from; row < to; row++) {
        if (ahead.reaches(row, times)) onTouch(touch[0]!, touch[1]!, times[row] as Micros, source);
      }
    }
    session.end(merger);
  }
}

/** A class of studies. */
interface StudyClass {
  replays: number;
  loop: TouchLoop | undefined;
}

/** The loops of the classes of studies that were replayed. */
export class TouchLoops {
  /** By the text of their handlers: handlers of one text are the same code, whatever they close over. */
  private readonly classes = new Map<string, StudyClass>();

  /**
   * The loop for another replay with these handlers; undefined where the plain one is as good: where they hear no best prices, or not at each message, or see the book itself
   * too; in the first replays of a class; and while there is one class only.
   */
  loopFor(handlers: ReplayHandlers): TouchLoop | undefined {
    const { onTouch, onBook, onOrders, on = {}, wake, interval, timer } = handlers;
    const seesMore = onBook !== undefined || interval !== undefined || timer !== undefined;
    if (onTouch === undefined || seesMore || wake === "touch") return undefined;
    const text = [onTouch, onOrders, ...Object.values(on)].map(String).join("\n");
    let own = this.classes.get(text);
    if (own === undefined) {
      if (this.classes.size === CLASSES) return undefined;
      this.classes.set(text, (own = { replays: 0, loop: undefined }));
    }
    own.replays += 1;
    if (own.replays > FIRST_REPLAYS && this.classes.size > 1) own.loop ??= this.make();
    return own.loop;
  }

  private make(): TouchLoop {
    const made = [...this.classes.values()].filter(({ loop }) => loop !== undefined).length;
    try {
      // One text is compiled once, and all who have it share what is learned: the number makes it another. Nothing of a study is in it.
      // oxlint-disable-next-line no-new-func, typescript/no-implied-eval, typescript/no-unsafe-call, typescript/no-unsafe-type-assertion -- the text is that of the function above.
      return new Function(
        `"use strict"; return (${String(tellTouches)}); // ${made}`,
      )() as TouchLoop;
    } catch {
      // A page may forbid that code is made.
      return tellTouches;
    }
  }
}
