import type { Batch, StreamName } from "@aftershock/schema";

/** True when a batch holds rows of that stream: then its columns are typed as that stream's. */
export const isBatchOf = <S extends StreamName>(batch: Batch, stream: S): batch is Batch<S> =>
  batch.stream === stream;
