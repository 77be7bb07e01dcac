import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { cutAfter, serveWell } from "./fetch/archiveServer.ts";
import { CONTENT, GZ, PACKED, REVISED, useFetchCase, ZIP, ZIP_PATH } from "./fetch/fetchCase.ts";

const at = useFetchCase();

describe("the rest of a file", () => {
  const partOf = async (length: number): Promise<void> => {
    at.server.always(ZIP, cutAfter(length));
    await at.fetchZip();
    at.server.always(ZIP, serveWell);
  };

  it("is asked for by a later run, which ends with the same bytes and record as an undisturbed one", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await at.fetchZip();
    const calm = await readFile(join(at.lake.paths.root, "raw", `${ZIP_PATH}.json`));
    await rm(at.lake.paths.root, { recursive: true });
    await partOf(300_000);
    expect(await at.rawFiles()).toEqual([`${ZIP_PATH}.part`, `${ZIP_PATH}.part.json`]);
    const { file } = await at.fetchZip();
    expect(at.server.received.at(-1)?.headers.range).toMatch(/^bytes=[1-9]\d{4,}-$/);
    expect(await readFile(file)).toEqual(CONTENT);
    expect(await readFile(`${file}.json`)).toEqual(calm);
    expect(await at.rawFiles()).toEqual([ZIP_PATH, `${ZIP_PATH}.json`]);
  });

  it("is not glued to a part of another version: the file is taken from its start", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    at.server.putChecked(ZIP, REVISED);
    const { file } = await at.fetchZip();
    expect(await readFile(file)).toEqual(REVISED);
  });

  it("of another version is recognised also where the server minds no If-Range", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    at.server.putChecked(ZIP, REVISED);
    at.server.misbehave(ZIP, (response, { bytes, etag }) => {
      response.writeHead(206, {
        etag,
        "content-length": bytes.length - 300_000,
        "content-range": `bytes 300000-${bytes.length - 1}/${bytes.length}`,
      });
      response.end(bytes.subarray(300_000));
    });
    const { file } = await at.fetchZip();
    expect(await readFile(file)).toEqual(REVISED);
  });

  it("that does not start where the part ends is not taken", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    at.server.misbehave(ZIP, (response, { bytes, etag }) => {
      response.writeHead(206, {
        etag,
        "content-length": bytes.length - 200_000,
        "content-range": `bytes 200000-${bytes.length - 1}/${bytes.length}`,
      });
      response.end(bytes.subarray(200_000));
    });
    const { file } = await at.fetchZip();
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("comes with the whole file where the server minds no Range", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    at.server.misbehave(ZIP, (response, { bytes, etag }) => {
      response.writeHead(200, { etag, "content-length": bytes.length }).end(bytes);
    });
    const { file } = await at.fetchZip();
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("is not asked for where the server's tag is a weak one", async () => {
    at.server.put(GZ, PACKED, 'W/"weak"');
    at.server.misbehave(GZ, cutAfter(100_000));
    const { file } = await at.fetchGz();
    expect(await readFile(file)).toEqual(PACKED);
    expect(at.server.received.every(({ headers }) => headers.range === undefined)).toBe(true);
  });

  it("is not asked for when a part has no record, or half of one", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    await writeFile(join(at.lake.paths.root, "raw", `${ZIP_PATH}.part.json`), '{"url": "https://');
    const { file } = await at.fetchZip();
    expect(at.server.received.at(-1)?.headers.range).toBeUndefined();
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("is nothing when all bytes are there: they are verified without asking for them", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    await writeFile(join(at.lake.paths.root, "raw", `${ZIP_PATH}.part`), CONTENT);
    const asked = at.server.count(ZIP);
    const { file } = await at.fetchZip();
    expect(at.server.count(ZIP)).toBe(asked);
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("does not mend a part that was spoilt on disk: the file is taken from its start", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    await writeFile(join(at.lake.paths.root, "raw", `${ZIP_PATH}.part`), Buffer.alloc(300_000));
    const { file } = await at.fetchZip();
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("of a part that is too long cannot be: the file is taken from its start", async () => {
    at.server.putChecked(ZIP, CONTENT);
    await partOf(300_000);
    const part = join(at.lake.paths.root, "raw", `${ZIP_PATH}.part`);
    await writeFile(part, Buffer.concat([CONTENT, CONTENT]));
    const { file } = await at.fetchZip();
    expect(await readFile(file)).toEqual(CONTENT);
  });

  it("of another version is not taken either where neither checksum nor If-Range would tell", async () => {
    const url =
      "https://quote-saver.bycsi.com/orderbook/linear/BTCUSDT/2024-08-05_BTCUSDT_ob500.data.zip";
    const hosts = at.server.hosts("quote-saver.bycsi.com");
    at.server.put(url, CONTENT);
    at.server.always(url, cutAfter(300_000));
    expect(await at.fetchOne("bybit", "orderbook", { hosts })).toMatchObject({ status: "failed" });
    at.server.put(url, REVISED);
    at.server.always(url, (response, { bytes, etag }, request) => {
      const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
      response.writeHead(start === 0 ? 200 : 206, {
        etag,
        "content-length": bytes.length - start,
        "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}`,
      });
      response.end(bytes.subarray(start));
    });
    const { file, status } = await at.fetchOne("bybit", "orderbook", { hosts });
    expect(status).toBe("fetched");
    expect(await readFile(file)).toEqual(REVISED);
    expect(at.server.received.at(-1)?.headers.range).toBeUndefined();
  });
});
