import {
  type OnTouch,
  onPriceMoves,
  type ReplayHandlers,
  type RowsHandler,
} from "@aftershock/replay";
import { type EventStream, type Micros, STREAM_NAMES, type StreamName } from "@aftershock/schema";

/** What is replayed together with a record, and hears of it too. */
export interface BesideRecord {
  readonly streams: readonly EventStream[];
  /** First instant that it sees, µs. */
  readonly from: Micros;
  readonly handlers: Pick<ReplayHandlers, "on" | "onBook">;
}

type RowsHandlers = { readonly [S in StreamName]?: RowsHandler<S> };

const keyOf = ({ stream, instrument }: EventStream): string => `${stream} ${instrument.id}`;

/** The streams of both, each once, those of the record first; of one that both have the other's, which reaches as far at least. */
export function joinedStreams(
  { streams: own }: { readonly streams: readonly EventStream[] },
  { streams }: BesideRecord,
): readonly EventStream[] {
  const beside = new Map(streams.map((stream) => [keyOf(stream), stream]));
  const keys = new Set(own.map(keyOf));
  return [
    ...own.map((stream) => beside.get(keyOf(stream)) ?? stream),
    ...streams.filter((stream) => !keys.has(keyOf(stream))),
  ];
}

/** Rows of a stream for one of them and then for the other; the first hears of those from `from` on. */
function both<S extends StreamName>(
  name: S,
  [first, second]: readonly [RowsHandlers, RowsHandlers],
  from: Micros,
): RowsHandler<S> {
  const [own, other]: readonly RowsHandlers[S][] = [first[name], second[name]];
  return (batch, start, end, times) => {
    let live = start;
    while (live < end && (times[live] ?? Number.NaN) < from) live += 1;
    if (live < end) own?.(batch, live, end, times);
    other?.(batch, start, end, times);
  };
}

/** The handlers of a record, which begins at `from`, and of what is beside it: at each event the record's are called first, and ends of steps are the record's alone. */
export function besideHandlers(
  record: ReplayHandlers,
  beside: BesideRecord["handlers"],
  from: Micros,
): ReplayHandlers {
  const rows: readonly [RowsHandlers, RowsHandlers] = [record.on ?? {}, beside.on ?? {}];
  const names = STREAM_NAMES.filter((name) => rows.some((on) => on[name] !== undefined));
  const { interval, onTouch } = record;
  const { onBook } = beside;
  const touched: OnTouch | undefined =
    onTouch &&
    ((bid, ask, at, source) => {
      if (at >= from) onTouch(bid, ask, at, source);
    });
  return {
    on: Object.fromEntries(names.map((name) => [name, both(name, rows, from)])),
    ...(onBook === undefined ? { wake: "touch" } : { onBook }),
    ...(touched && { onTouch: onBook === undefined ? touched : onPriceMoves(touched) }),
    ...(interval && {
      interval: {
        every: interval.every,
        onEnd: (start, books) => {
          if (start + interval.every > from) interval.onEnd(start, books);
        },
      },
    }),
  };
}
