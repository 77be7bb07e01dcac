import type { Mitigation } from "./mitigation.ts";

/** The rules as they were: the very same object. What every scenario is compared with, and always run first; its path is the record bit for bit. */
export const noChange = (): Mitigation => ({
  name: "No change",
  kind: "noChange",
  parameters: {},
  describe: () => "The rules are those of the day.",
  apply: (rules) => rules,
});
