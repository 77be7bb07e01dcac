import { DataError } from "@aftershock/schema";
import { fileHead } from "../../files/fileHead.ts";
import type { FileHead, SourceFile, SourceLine } from "../../source.ts";
import { jsonElements } from "../read/jsonElements.ts";
import { hasLogFields } from "./rawLog.ts";

/** How a file holds its logs: a table, a JSON value a line, a JSON array, or the array of a node's answer. */
export type LogForm = "table" | "lines" | "array" | "answer";

const isJson = (text: string): boolean => {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
};

function formOf(text: string): LogForm {
  const start = text.trimStart();
  if (start.startsWith("[")) return "array";
  if (!start.startsWith("{")) return "table";
  const [first = ""] = start.split("\n", 1);
  if (isJson(first)) return "lines";
  // A first line that is cut: longer than the beginning that is looked at, or an object over many lines.
  return /^\{[^[]*"result"\s*:\s*\[/.test(start) ? "answer" : "lines";
}

/** The form of a file, by its beginning. */
export const logForm = async (file: SourceFile): Promise<LogForm> =>
  formOf((await fileHead(file)).text);

const ETL_RECORD =
  /^\{"type": ?"(?:log", ?"log_index"|token_transfer", ?"token_address"|transaction", ?"hash"|block", ?"number")/;

/** True where the text is certainly JSON of logs or of what stands around them, by the keys that it has. */
function isChainJson(text: string): boolean {
  const start = text.trimStart();
  if (ETL_RECORD.test(start)) return true;
  const has = (key: string): boolean => start.includes(`"${key}"`);
  return (
    /^[[{]/.test(start) && has("topics") && has("data") && has("logIndex") && has("blockNumber")
  );
}

/** Whether a file is certainly of logs, by its beginning. */
export const isChainFile = ({ text }: FileHead): boolean => isChainJson(text) || isLogHeader(text);

/** The names of a table's columns; the names are not quoted in any export. */
export const headerNames = (line: string): readonly string[] => line.replaceAll('"', "").split(",");

/** True where the first line is the header of a table of logs. */
export function isLogHeader(text: string): boolean {
  const [first = ""] = text.split(/\r?\n/, 1);
  const names = headerNames(first);
  return hasLogFields((name) => names.includes(name));
}

/** The records of a file of a form: its lines, or the elements of its array. */
export async function* logRecords(
  file: SourceFile,
  form?: LogForm,
): AsyncGenerator<readonly SourceLine[]> {
  const known = form ?? (await logForm(file));
  if (known === "array") yield* jsonElements(file);
  else if (known === "answer") yield* jsonElements(file, ["result"]);
  else yield* file.lines();
}

/** The error of a file that is neither a table of logs nor JSON. */
export function noLogs(file: SourceFile, header: string): DataError {
  return new DataError(`${file.name}:1: no columns of logs in "${header.slice(0, 300)}"`, {
    hints: [
      "A table of logs has topics (or topic0 …), data, block_number, log_index and transaction_hash; name the source of another table.",
    ],
  });
}
