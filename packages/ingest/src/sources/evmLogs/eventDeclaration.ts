import { DataError } from "@aftershock/schema";

/** A type of the contract ABI that events here have: a static one, bytes, or an array of a static one. */
export type AbiType =
  | { readonly kind: "uint" | "int"; readonly bits: number }
  | { readonly kind: "address" | "bool" | "bytes" }
  | { readonly kind: "fixedBytes"; readonly length: number }
  | { readonly kind: "array"; readonly of: AbiType };

/** One parameter of an event or of a call. */
export interface AbiParameter {
  readonly name: string;
  readonly type: AbiType;
  readonly indexed: boolean;
}

/** An event or function as Solidity declares it. */
export interface AbiDeclaration {
  readonly name: string;
  readonly parameters: readonly AbiParameter[];
}

/** A type as Solidity writes it. Throws DataError for one that no event here has. */
function abiType(text: string): AbiType {
  if (text.endsWith("[]")) return { kind: "array", of: abiType(text.slice(0, -2)) };
  if (text === "address" || text === "bool" || text === "bytes") return { kind: text };
  const [, kind = "", size = ""] = /^(uint|int|bytes)(\d{1,3})$/.exec(text) ?? [];
  if (kind === "uint" || kind === "int") return { kind, bits: Number(size) };
  if (kind === "bytes") return { kind: "fixedBytes", length: Number(size) };
  throw new DataError(`Invariant: no event has the type ${text}`);
}

function parameter(text: string): AbiParameter {
  const words = text.split(" ");
  return {
    name: words.at(-1) ?? "",
    type: abiType(words[0] ?? ""),
    indexed: words[1] === "indexed",
  };
}

/** Reads `event Name(type indexed name, …)` or `function name(type name, …)`. Throws DataError for other text. */
export function readDeclaration(text: string): AbiDeclaration {
  const [, name, inside = ""] = /^(?:event|function) (\w+)\(([^()]*)\)$/.exec(text) ?? [];
  if (name === undefined) throw new DataError(`Invariant: no declaration: ${text}`);
  return { name, parameters: inside === "" ? [] : inside.split(", ").map(parameter) };
}

/** True where the value does not stand in its own word, but behind an offset. */
export const isDynamic = ({ kind }: AbiType): boolean => kind === "bytes" || kind === "array";
