import type { FirstLook } from "../margin/triggerIndex.fast.ts";
import type { SideBooks } from "./sideGains.ts";

/** What engines of one population under the same rules have alike when they begin: the first of them finds it, and the others take it over. */
export interface Beginning {
  readonly look: FirstLook;
  sides: SideBooks | undefined;
}
