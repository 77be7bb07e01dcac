import type { IncomingHttpHeaders } from "node:http";
import { ConfigError } from "@aftershock/schema";
import { AwsV4Signer } from "aws4fetch";
import { DateTime } from "luxon";
import type { DataSet } from "./dataSet.ts";
import type { FetchClock } from "./fetchClock.ts";

/** Keys of the user, read by the caller; each archive is shown its own and no other. */
export interface Credentials {
  /** Of Tardis. */
  readonly tardisKey?: string;
  /** Of an AWS account, which pays for what it reads. */
  readonly aws?: {
    readonly accessKeyId: string;
    readonly secretAccessKey: string;
    readonly sessionToken?: string;
  };
}

/** Says who asks, to the hosts that must know. */
export interface Identity {
  /** The headers that a request to this address carries; none for a host of somebody else. */
  headers(url: URL): Promise<Readonly<Record<string, string>>>;
  /** Where to ask instead, when the host says that the file is in another region. */
  elsewhere(url: URL, headers: IncomingHttpHeaders): URL | undefined;
}

/** Where everybody may read. */
const NOBODY: Identity = {
  headers: () => Promise.resolve({}),
  elsewhere: () => undefined,
};

const tardisIdentity = (key: string): Identity => ({
  ...NOBODY,
  headers: ({ host }) =>
    Promise.resolve(host === "datasets.tardis.dev" ? { authorization: `Bearer ${key}` } : {}),
});

/** A bucket's host: `bucket.s3.amazonaws.com`, or `bucket.s3.ap-northeast-1.amazonaws.com`. */
const BUCKET = /^([a-z0-9.-]+)\.s3(?:\.([a-z0-9-]+))?\.amazonaws\.com$/;

/** The region that answers for a bucket whose address names none. */
const DEFAULT_REGION = "us-east-1";

/**
 * Signs requests to S3 buckets whose reader pays (AWS Signature Version 4). A bucket says in `x-amz-bucket-region` where it is; it
 * is asked there from then on.
 */
function requesterPays(aws: NonNullable<Credentials["aws"]>, clock: FetchClock): Identity {
  return {
    async headers(url) {
      const [, bucket, region = DEFAULT_REGION] = BUCKET.exec(url.host) ?? [];
      if (bucket === undefined) return {};
      const signer = new AwsV4Signer({
        url: url.href,
        headers: { "x-amz-request-payer": "requester" },
        ...aws,
        service: "s3",
        region,
        datetime: DateTime.fromMillis(clock.now(), { zone: "utc" }).toFormat(
          "yyyyMMdd'T'HHmmss'Z'",
        ),
      });
      const { headers } = await signer.sign();
      return Object.fromEntries(headers.entries());
    },
    elsewhere(url, { "x-amz-bucket-region": region }) {
      const [, bucket, asked = DEFAULT_REGION] = BUCKET.exec(url.host) ?? [];
      if (bucket === undefined || typeof region !== "string" || region === asked) return undefined;
      if (!/^[a-z0-9-]+$/.test(region)) return undefined;
      return new URL(url.pathname + url.search, `https://${bucket}.s3.${region}.amazonaws.com`);
    },
  };
}

/** The first of a month: what Tardis gives away. */
const isFree = (day: string): boolean => day.endsWith("-01");

/**
 * Throws ConfigError, before anything is asked for, when a data set needs a key that is not there. `days`: those asked for.
 */
export function checkAccess(
  { access, archive }: DataSet,
  days: readonly string[],
  { tardisKey, aws }: Credentials,
): void {
  const paid = days.filter((day) => !isFree(day));
  if (access === "tardis" && tardisKey === undefined && paid.length > 0) {
    const free = [...new Set(paid.map((day) => `${day.slice(0, 7)}-01`))];
    throw new ConfigError(
      `${archive}: ${paid.join(", ")} needs a key; without one the first day of each month is free`,
      { hints: [`Ask for ${free.join(" or ")}, or put your key into TARDIS_API_KEY.`] },
    );
  }
  if (access === "requesterPays" && aws === undefined) {
    throw new ConfigError(
      `${archive}: the bucket's reader pays, so that Amazon must know who reads (about $0.09 a GB)`,
      {
        hints: [
          "Put the keys of an AWS account into AWS_ACCESS_KEY_ID and AWS_SECRET_ACCESS_KEY (and AWS_SESSION_TOKEN).",
        ],
      },
    );
  }
}

/** Who asks for a data set. */
export function identityFor(
  { access }: DataSet,
  { tardisKey, aws }: Credentials,
  clock: FetchClock,
): Identity {
  if (access === "tardis" && tardisKey !== undefined) return tardisIdentity(tardisKey);
  if (access === "requesterPays" && aws !== undefined) return requesterPays(aws, clock);
  return NOBODY;
}
