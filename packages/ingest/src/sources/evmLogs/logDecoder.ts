import { canonicalJson } from "../onchain/canonicalJson.ts";
import { argsJson, dataFits, planOf, type AbiPlan } from "./abiPlan.ts";
import { readDeclaration, type AbiParameter } from "./eventDeclaration.ts";
import { EVENT_TABLE } from "./eventTable.ts";
import { LogBody } from "./logBody.fast.ts";
import { MAKER_CALLS } from "./makerCalls.ts";

/** A log as its event and arguments. */
export interface DecodedLog {
  /** The event's name; for a logged call the function's; `unknown` where the table has none that fits. */
  readonly event: string;
  /** Canonical JSON. Of an unknown event: `data` and `topics`, as they are. */
  readonly args: string;
  /** The table has the event's signature, but these words are not its arguments. */
  readonly misfit: boolean;
}

/** What an event is called that is not decoded. */
export const UNKNOWN_EVENT = "unknown";

const WORD = 32;
/** A selector fills the first four bytes of the topic. */
const SELECTOR_TOPIC = /^(0x[0-9a-f]{8})0{56}$/;
/** `bytes` of 224: its offset, its length, seven words of call data. Source: dss lib.sol, modifier note. */
const NOTE_DATA_BYTES = 288;
const NOTE_CALL_BYTES = 224;
const SELECTOR_BYTES = 4;

/** Plans by topic 0, then by the number of topics after it. */
function eventPlans(): ReadonlyMap<string, readonly (AbiPlan | undefined)[]> {
  const plans = new Map<string, (AbiPlan | undefined)[]>();
  for (const [topic0, declaration] of EVENT_TABLE) {
    const plan = planOf(readDeclaration(declaration));
    const known = plans.get(topic0) ?? [];
    known[plan.topics] = plan;
    plans.set(topic0, known);
  }
  return plans;
}

/** Who called, as the first of the other topics says. */
const CALLER: AbiParameter = { name: "caller", type: { kind: "address" }, indexed: true };

/** A call's plans: as the vat logs it, and as the other contracts do, with the caller. */
interface CallPlans {
  readonly byVat: AbiPlan;
  readonly byOthers: AbiPlan;
}

function callPlans(): ReadonlyMap<string, CallPlans> {
  return new Map(
    MAKER_CALLS.map(([selector, text]) => {
      const call = readDeclaration(text);
      const parameters = [...call.parameters, CALLER];
      return [selector, { byVat: planOf(call), byOthers: planOf({ ...call, parameters }) }];
    }),
  );
}

const EVENTS = eventPlans();
const CALLS = callPlans();

const rawArgs = (topics: readonly string[], data: string): string =>
  canonicalJson({ data: data.toLowerCase(), topics: topics.map((topic) => topic.toLowerCase()) });

/** Decodes logs one at a time: each reader has its own. */
export class LogDecoder {
  private readonly body = new LogBody();

  /**
   * Decodes a log by its topics (`0x` and 64 hex digits each, the first in lower case) and data (`0x` and whole bytes). Undefined
   * when they are no hex.
   */
  decode(topics: readonly string[], data: string): DecodedLog | undefined {
    const { body } = this;
    if (!body.load(topics, data)) return undefined;
    const [topic0 = ""] = topics;
    const plans = EVENTS.get(topic0);
    const plan = plans?.[topics.length - 1];
    if (plan !== undefined && dataFits(body, plan, plan.topics * WORD)) {
      const args = argsJson(body, plan, plan.topics * WORD);
      if (args !== undefined) return { event: plan.name, args, misfit: false };
    }
    const call = plans === undefined ? this.call(topic0, topics.length) : undefined;
    if (call !== undefined) return call;
    return { event: UNKNOWN_EVENT, args: rawArgs(topics, data), misfit: plans !== undefined };
  }

  /**
   * An anonymous log of a call (Maker's LogNote): the topics are the selector, the caller and the first two arguments, or for the
   * vat the selector and the first three arguments; the data is the call itself, padded with zeros.
   */
  private call(topic0: string, topics: number): DecodedLog | undefined {
    const { body } = this;
    const selector = SELECTOR_TOPIC.exec(topic0)?.[1];
    const plans = selector === undefined ? undefined : CALLS.get(selector);
    const data = 3 * WORD;
    if (plans === undefined || topics !== 4 || body.length !== data + NOTE_DATA_BYTES) {
      return undefined;
    }
    const note = data + 2 * WORD;
    const isNote =
      body.smallAt(data) === WORD &&
      body.smallAt(data + WORD) === NOTE_CALL_BYTES &&
      `0x${body.digits(note, SELECTOR_BYTES)}` === selector;
    const first = note + SELECTOR_BYTES;
    const plan = this.callPlan(plans, first);
    const args = isNote && plan !== undefined ? argsJson(body, plan, first) : undefined;
    return plan === undefined || args === undefined
      ? undefined
      : { event: plan.name, args, misfit: false };
  }

  /** Which contracts log so: told by which arguments the topics repeat. */
  private callPlan({ byVat, byOthers }: CallPlans, first: number): AbiPlan | undefined {
    const { body } = this;
    if (body.digits(0, 3 * WORD) === body.digits(first, 3 * WORD)) return byVat;
    return body.digits(WORD, 2 * WORD) === body.digits(first, 2 * WORD) ? byOthers : undefined;
  }
}
