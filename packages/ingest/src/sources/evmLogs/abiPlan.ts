import {
  isDynamic,
  type AbiDeclaration,
  type AbiParameter,
  type AbiType,
} from "./eventDeclaration.ts";
import type { LogBody } from "./logBody.fast.ts";

/** Where a parameter's word stands: after how many words of topics or of data. */
interface PlannedParameter {
  readonly prefix: string;
  readonly type: AbiType;
  readonly inTopics: boolean;
  readonly word: number;
}

/** How the arguments of one event or call become canonical JSON. */
export interface AbiPlan {
  readonly name: string;
  /** Topics after the first. */
  readonly topics: number;
  /** Bytes of data; with dynamic parameters, the least. */
  readonly dataBytes: number;
  readonly isDynamic: boolean;
  /** In the order of the JSON: names by UTF-16 code units. */
  readonly parameters: readonly PlannedParameter[];
}

const WORD = 32;

/** The plan of a declaration: parameters sorted by name, each with its place. */
export function planOf({ name, parameters }: AbiDeclaration): AbiPlan {
  let topics = 0;
  let words = 0;
  const placed = parameters.map((parameter) => ({
    parameter,
    word: parameter.indexed ? topics++ : words++,
  }));
  const byName = (a: { parameter: AbiParameter }, b: { parameter: AbiParameter }): number =>
    a.parameter.name < b.parameter.name ? -1 : 1;
  return {
    name,
    topics,
    dataBytes: words * WORD,
    isDynamic: parameters.some(({ type }) => isDynamic(type)),
    parameters: placed.toSorted(byName).map(({ parameter, word }, place) => ({
      prefix: `${place === 0 ? "{" : ","}"${parameter.name}":`,
      type: parameter.type,
      inTopics: parameter.indexed,
      word,
    })),
  };
}

/** A static value as JSON; undefined when the word is not one of its type. */
function staticJson(body: LogBody, at: number, type: AbiType): string | undefined {
  switch (type.kind) {
    case "uint": {
      const text = body.uintText(at, type.bits);
      return text === undefined ? undefined : `"${text}"`;
    }
    case "int": {
      const text = body.intText(at, type.bits);
      return text === undefined ? undefined : `"${text}"`;
    }
    case "address":
      return body.addressJson(at);
    case "bool": {
      const value = body.smallAt(at);
      return value === 0 ? "false" : value === 1 ? "true" : undefined;
    }
    case "fixedBytes": {
      if (!body.isFilled(at + type.length, WORD - type.length)) return undefined;
      return `"0x${body.digits(at, type.length)}"`;
    }
    case "bytes":
    case "array":
      return undefined;
    default:
      return type satisfies never;
  }
}

/** A dynamic value, whose word is an offset from the start of the data, as JSON; undefined when it does not lie inside. */
function dynamicJson(
  body: LogBody,
  dataStart: number,
  at: number,
  type: AbiType,
): string | undefined {
  const offset = body.smallAt(at);
  const start = dataStart + offset + WORD;
  if (offset < 0 || start > body.length) return undefined;
  const count = body.smallAt(dataStart + offset);
  if (count < 0) return undefined;
  if (type.kind === "bytes") {
    return start + count > body.length ? undefined : `"0x${body.digits(start, count)}"`;
  }
  if (type.kind !== "array" || start + count * WORD > body.length) return undefined;
  let json = "";
  for (let i = 0; i < count; i++) {
    const element = staticJson(body, start + i * WORD, type.of);
    if (element === undefined) return undefined;
    json += i === 0 ? element : `,${element}`;
  }
  return `[${json}]`;
}

/** Whether the body's data, from byte `dataStart`, has the length that the plan's static parameters ask for. */
export const dataFits = (body: LogBody, plan: AbiPlan, dataStart: number): boolean =>
  plan.isDynamic
    ? body.length - dataStart >= plan.dataBytes
    : body.length - dataStart === plan.dataBytes;

/**
 * The arguments as canonical JSON: keys by UTF-16 code units, integers as decimal text, addresses and bytes as lower-case hex.
 * Topics lie at the start of the body, data from byte `dataStart`, at least `dataBytes` of the plan. Undefined when the words do
 * not fit the plan: one beyond its type's range, an offset beyond the data.
 */
export function argsJson(body: LogBody, plan: AbiPlan, dataStart: number): string | undefined {
  let json = "";
  for (const { prefix, type, inTopics, word } of plan.parameters) {
    const at = (inTopics ? 0 : dataStart) + word * WORD;
    const value = isDynamic(type)
      ? dynamicJson(body, dataStart, at, type)
      : staticJson(body, at, type);
    if (value === undefined) return undefined;
    json += prefix + value;
  }
  return json === "" ? "{}" : `${json}}`;
}
