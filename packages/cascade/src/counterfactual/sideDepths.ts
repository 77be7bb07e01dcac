/** What rests near the best prices, of each side, as of the step that is run: overwritten by the next. Quote currency. */
export interface SideDepths {
  readonly bid: number;
  readonly ask: number;
}
