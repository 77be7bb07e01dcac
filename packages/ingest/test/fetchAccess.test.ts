import { createHash, createHmac } from "node:crypto";
import { mkdtemp, rm } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type FetchedFile, fetchRaw, type FetchOptions } from "../src/fetch/fetchRaw.ts";
import { planFetch } from "../src/fetch/planFetch.ts";
import { Lake } from "../src/store/lake.ts";
import { archiveServer, type ArchiveServer, status } from "./fetch/archiveServer.ts";
import { fastClock } from "./fetch/fastClock.ts";

let folder: string;
let server: ArchiveServer;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "aftershock-access-"));
  server = await archiveServer();
});
afterEach(async () => {
  await server.close();
  await rm(folder, { recursive: true, force: true });
});

const BUCKET = "hyperliquid-archive.s3.amazonaws.com";
const IN_TOKYO = "hyperliquid-archive.s3.ap-northeast-1.amazonaws.com";
const CTXS = "/asset_ctxs/20240805.csv.lz4";
const AWS = { accessKeyId: "AKIDEXAMPLE", secretAccessKey: "secret+/of=tests" };

/** An lz4 frame without content: magic, two flags and their check, the end mark. */
const EMPTY_LZ4 = Uint8Array.of(0x04, 0x22, 0x4d, 0x18, 0x60, 0x40, 0x82, 0, 0, 0, 0);

const fetching = (
  id: string,
  days: readonly string[],
  streams: readonly string[],
  options: Partial<FetchOptions> & { readonly via?: string } = {},
): Promise<readonly FetchedFile[]> => {
  const [venue = "", instrument = ""] = id.split(":");
  const { via, ...others } = options;
  return fetchRaw({
    lake: new Lake(join(folder, "lake")),
    plan: planFetch({ venue, instrument, days, streams, ...(via === undefined ? {} : { via }) }),
    clock: fastClock(),
    userAgent: "test",
    idleMs: 1e9,
    hosts: server.hosts("datasets.tardis.dev", "elsewhere.example", BUCKET, IN_TOKYO),
    ...others,
  });
};

const TARDIS = (day: string): string =>
  `https://datasets.tardis.dev/v1/binance-futures/trades/${day.replaceAll("-", "/")}/BTCUSDT.csv.gz`;
const tardis = (
  days: readonly string[],
  options: Partial<FetchOptions> = {},
): Promise<readonly FetchedFile[]> =>
  fetching("binance-usdm:BTCUSDT", days, ["trades"], { via: "tardis", ...options });

describe("Tardis", () => {
  it("needs no key for the first day of a month", async () => {
    server.put(TARDIS("2024-08-01"), gzipSync("rows"));
    expect(await tardis(["2024-08-01"])).toMatchObject([{ status: "fetched" }]);
    expect(server.received[0]?.headers.authorization).toBeUndefined();
  });

  it("needs one for another day: it says so before anything is asked for, and which days are free", async () => {
    const asked = tardis(["2024-08-01", "2024-08-05", "2024-09-02"]);
    await expect(asked).rejects.toThrow(/2024-08-05, 2024-09-02 needs a key/);
    await expect(asked).rejects.toMatchObject({
      hints: [
        expect.stringMatching(
          /Ask for 2024-08-01 or 2024-09-01, or put your key into TARDIS_API_KEY/,
        ),
      ],
    });
    expect(server.received).toEqual([]);
  });

  it("is shown the key, and nobody to whom it redirects is", async () => {
    server.put("https://elsewhere.example/file", gzipSync("rows"));
    server.always(
      TARDIS("2024-08-05"),
      status(302, { location: "https://elsewhere.example/file" }),
    );
    const credentials = { tardisKey: "TD.key" };
    expect(await tardis(["2024-08-05"], { credentials })).toMatchObject([{ status: "fetched" }]);
    expect(server.received.map(({ headers }) => headers.authorization)).toEqual([
      "Bearer TD.key",
      undefined,
    ]);
  });

  it("that does not take the key is told of in its own words", async () => {
    server.always(TARDIS("2024-08-05"), status(401, {}, '{"message":"Invalid API key"}'));
    const [file] = await tardis(["2024-08-05"], { credentials: { tardisKey: "TD.old" } });
    expect(file).toMatchObject({
      status: "failed",
      why: expect.stringMatching(
        /answers 401: .*Invalid API key.*\. The key does not open this file/,
      ),
    });
    expect(file?.why).not.toContain("TD.old");
  });
});

const hmac = (key: string | Buffer, text: string): Buffer =>
  createHmac("sha256", key).update(text).digest();

/** The signature that a request must have, by Amazon's description of Signature Version 4. */
function signatureOf(path: string, headers: IncomingHttpHeaders, secret: string): string {
  const [, day = "", region = "", service = "", signed = ""] =
    /Credential=[^/]+\/(\d{8})\/([^/]+)\/([^/]+)\/aws4_request, SignedHeaders=([^,]+),/.exec(
      headers.authorization ?? "",
    ) ?? [];
  const names = signed.split(";");
  const listed = names.map((name) => `${name}:${String(headers[name])}\n`).join("");
  const canonical = ["GET", path, "", listed, signed, String(headers["x-amz-content-sha256"])].join(
    "\n",
  );
  const hashed = createHash("sha256").update(canonical).digest("hex");
  const scope = `${day}/${region}/${service}/aws4_request`;
  const text = `AWS4-HMAC-SHA256\n${String(headers["x-amz-date"])}\n${scope}\n${hashed}`;
  const key = [region, service, "aws4_request"].reduce(hmac, hmac(`AWS4${secret}`, day));
  return hmac(key, text).toString("hex");
}

describe("a bucket whose reader pays", () => {
  const ctxs = (options: Pick<FetchOptions, "credentials"> = {}): Promise<readonly FetchedFile[]> =>
    fetching("hyperliquid:BTC", ["2024-08-05"], ["asset_ctxs"], options);

  it("is not asked without keys: the message says what is needed and what it costs", async () => {
    await expect(ctxs()).rejects.toThrow(/the bucket's reader pays.*\$0\.09 a GB/);
    await expect(ctxs()).rejects.toMatchObject({
      hints: [expect.stringMatching(/AWS_ACCESS_KEY_ID/)],
    });
    expect(server.received).toEqual([]);
  });

  it("is asked with a signature that is right, and with the word that the reader pays", async () => {
    server.put(`https://${BUCKET}${CTXS}`, EMPTY_LZ4);
    expect(await ctxs({ credentials: { aws: { ...AWS, sessionToken: "session" } } })).toMatchObject(
      [{ status: "fetched" }],
    );
    const headers = server.received[0]?.headers ?? {};
    expect(headers).toMatchObject({
      host: BUCKET,
      "x-amz-request-payer": "requester",
      "x-amz-security-token": "session",
      "x-amz-date": expect.stringMatching(/^20261121T12\d{4}Z$/),
      authorization: expect.stringMatching(
        /Credential=AKIDEXAMPLE\/20261121\/us-east-1\/s3\/aws4_request/,
      ),
    });
    expect(headers.authorization).toMatch(/SignedHeaders=[^,]*host[^,]*x-amz-request-payer/);
    expect(headers.authorization).toContain(
      `Signature=${signatureOf(CTXS, headers, AWS.secretAccessKey)}`,
    );
  });

  it.each([301, 307, 400])(
    "that says with status %i in which region it is is asked there, signed for it",
    async (code) => {
      server.always(
        `https://${BUCKET}${CTXS}`,
        status(code, { "x-amz-bucket-region": "ap-northeast-1" }),
      );
      server.put(`https://${IN_TOKYO}${CTXS}`, EMPTY_LZ4);
      const url = `https://${BUCKET}${CTXS}`;
      expect(await ctxs({ credentials: { aws: AWS } })).toMatchObject([{ status: "fetched", url }]);
      const headers = server.received[1]?.headers ?? {};
      expect(headers.authorization).toContain("/ap-northeast-1/s3/");
      expect(headers.authorization).toContain(
        `Signature=${signatureOf(CTXS, headers, AWS.secretAccessKey)}`,
      );
    },
  );

  it("is not asked elsewhere because its region looks like a host", async () => {
    server.always(
      `https://${BUCKET}${CTXS}`,
      status(400, { "x-amz-bucket-region": "evil.example/" }, "AuthorizationHeaderMalformed"),
    );
    expect(await ctxs({ credentials: { aws: AWS } })).toMatchObject([
      { status: "failed", why: expect.stringMatching(/answers 400: AuthorizationHeaderMalformed/) },
    ]);
    expect(server.received).toHaveLength(1);
  });

  it("that refuses the keys is told of in its own words", async () => {
    server.always(
      `https://${BUCKET}${CTXS}`,
      status(403, {}, "<Code>SignatureDoesNotMatch</Code>"),
    );
    expect(await ctxs({ credentials: { aws: AWS } })).toMatchObject([
      { status: "failed", why: expect.stringMatching(/answers 403: <Code>SignatureDoesNotMatch/) },
    ]);
  });

  it("is told nothing of the keys when it redirects to another host", async () => {
    server.put("https://elsewhere.example/file", EMPTY_LZ4);
    server.always(
      `https://${BUCKET}${CTXS}`,
      status(302, { location: "https://elsewhere.example/file" }),
    );
    await ctxs({ credentials: { aws: { ...AWS, sessionToken: "session" } } });
    const headers = server.received[1]?.headers ?? {};
    expect(Object.keys(headers).filter((name) => /authorization|x-amz/.test(name))).toEqual([]);
  });
});
