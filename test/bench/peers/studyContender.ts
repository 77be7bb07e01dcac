/**
 * Studies of strategies.ts in one process: `EVENTS TURNS LOOPS NAME…`. Replays the same streams with each of the studies in turn, again and again, so many turns;
 * prints what `StudyTimes` says as JSON. The streams are made before. LOOPS is
 * `own`, as replays are, or `plain`: no study has a loop of its own.
 */
import { replay } from "@aftershock/replay";
import { eventStreams, pipelineStreams } from "./pipelineStreams.ts";
import { STUDIES } from "./studies.ts";

/** What was measured of one study. */
export interface StudyTimes {
  readonly name: string;
  /** CPU time of each of its replays, s. */
  readonly cpuSeconds: readonly number[];
  /** What it found in each of them, once; the hashes of the replays. */
  readonly found: readonly string[];
}

const [events = "", turns = "", loops = "", ...names] = process.argv.slice(2);
const streams = eventStreams(pipelineStreams(Number(events)));
const measured = names.map((name) => ({
  name,
  cpuSeconds: [] as number[],
  found: new Set<string>(),
}));
// Only so many classes of studies are told apart: these are all of them.
const classes = Array.from({ length: loops === "plain" ? 64 : 0 }, (_, nth) => {
  // oxlint-disable-next-line typescript/no-implied-eval -- no two of them have one text.
  return new Function(`// ${nth}`) as () => void;
});
for (const onTouch of classes) await replay([], { handlers: { onTouch } });
for (let turn = 0; turn < Number(turns); turn++) {
  for (const { name, cpuSeconds, found } of measured) {
    const study = STUDIES[name]?.();
    if (study === undefined) throw new Error(`there is no study ${name}`);
    const before = process.cpuUsage();
    const { stateHash } = await replay(streams, { handlers: study.handlers });
    const { user, system } = process.cpuUsage(before);
    cpuSeconds.push((user + system) / 1e6);
    found.add(`${study.found()} ${stateHash}`);
  }
}
const times: readonly StudyTimes[] = measured.map((one) => ({ ...one, found: [...one.found] }));
process.stdout.write(JSON.stringify(times));
