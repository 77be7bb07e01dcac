/** How a host may be asked. */
export interface HostLimits {
  readonly host: string;
  /** Downloads at once, at most. */
  readonly atOnce: number;
  /** From the start of one request to the start of the next, at least. Milliseconds. */
  readonly spacingMs: number;
  /** What 403 means here; absent: the file is not there. */
  readonly forbidden?: "tooFast" | "notAllowed";
  /** Where this was read. */
  readonly read: string;
}

/** Hosts of which no limit is known are asked gently. */
const OTHERS: Omit<HostLimits, "host"> = { atOnce: 4, spacingMs: 100, read: "no limit is known" };

/** What the hosts of archives allow; read 2026-11-21. Spacings stay below the limit. */
export const HOSTS: readonly HostLimits[] = [
  {
    host: "data.binance.vision",
    atOnce: 4,
    spacingMs: 200,
    read: "no published limit; public tools run 4 requests a second",
  },
  {
    host: "static.okx.com",
    atOnce: 4,
    spacingMs: 20,
    forbidden: "tooFast",
    read: "100 requests a second passed and 200 were refused with 403 for minutes (2026-09-29); a missing file is 404",
  },
  {
    host: "history.deribit.com",
    atOnce: 1,
    spacingMs: 500,
    read: "nautilus_trader, docs/integrations/deribit.md @a95c8042b0: credits; half a second between requests is safe",
  },
  {
    host: "www.deribit.com",
    atOnce: 1,
    spacingMs: 500,
    read: "as history.deribit.com",
  },
  {
    host: "api.cryptohftdata.com",
    atOnce: 2,
    spacingMs: 1_050,
    read: "60 requests a minute without a key",
  },
  {
    host: "datasets.tardis.dev",
    atOnce: 4,
    spacingMs: 50,
    forbidden: "notAllowed",
    read: "tardis-node downloads 20 files at once (src/downloaddatasets.ts)",
  },
  {
    host: "hyperliquid-archive.s3.amazonaws.com",
    atOnce: 4,
    spacingMs: 20,
    forbidden: "notAllowed",
    read: "Amazon S3 allows 5,500 reads a second and prefix",
  },
  {
    host: "hl-mainnet-node-data.s3.amazonaws.com",
    atOnce: 4,
    spacingMs: 20,
    forbidden: "notAllowed",
    read: "Amazon S3 allows 5,500 reads a second and prefix",
  },
];

/** The limits of a host. */
export const limitsOf = (host: string): HostLimits =>
  HOSTS.find((known) => known.host === host) ?? { host, ...OTHERS };
