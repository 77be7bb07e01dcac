import type { QueueModel, QueuePlace } from "./queueModel.ts";

const PLACE: QueuePlace = { sizeAhead: ({ ahead }) => ahead };

/**
 * The most careful queue: only trades move it. What is cancelled is taken to have been behind the order, as far as there was that much.
 *
 * Assumed: nobody ahead cancels. Wrong nearly always, and always to the study's disadvantage: fills come late, and fewer than would have. A
 * study that pays with this model does not pay because of the queue. Source: hftbacktest, "Order Fill", RiskAverseQueueModel, read 2026-11.
 */
export const RISK_AVERSE_QUEUE: QueueModel = { join: () => PLACE };
