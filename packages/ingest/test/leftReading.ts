/** Asks for the first batches of the tickers of a lake, `LAKE BATCHES`, read ahead by a thread, and leaves the stream open. */
import { setImmediate } from "node:timers/promises";
import { openDuck } from "../src/duck.ts";
import { Lake } from "../src/store/lake.ts";
import { lakeStream } from "../src/store/lakeStream.ts";

const [folder = "", batches = ""] = process.argv.slice(2);
const duck = await openDuck();
const days = (await new Lake(folder).list()).filter(({ stream }) => stream === "tickers");
const stream = lakeStream(duck, new Lake(folder), "tickers", days, { readAhead: true });
const iterator = stream.batches()[Symbol.asyncIterator]();
for (let nth = 0; nth < Number(batches); nth++) {
  await iterator.next();
  await setImmediate();
}
duck.close();
process.stdout.write("left");
