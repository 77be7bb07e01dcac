import { replay } from "@aftershock/replay";
import { simulate, PRESETS } from "@aftershock/simulator";
import { RecordedDay } from "@aftershock/cascade";
const preset = "crash-hour";
const day = simulate({ preset, seed: 1, minutes: 1 });
const perp = PRESETS[preset].traded.perpetual.id;
const streams = day.streams.filter(
  (s) =>
    s.instrument.id === perp && ["book", "trades", "tickers", "liquidations"].includes(s.stream),
);
const rec = new RecordedDay(streams, { instrument: perp });
const r = await replay(streams, { handlers: rec.handlers });
console.log(rec.summary, r.from, r.to, r.gaps);
