import { readFile } from "node:fs/promises";
import { describe, expect, it } from "vitest";
import { type Fault, status } from "./fetch/archiveServer.ts";
import { CONTENT, GZ, GZ_PATH, PACKED, useFetchCase, ZIP } from "./fetch/fetchCase.ts";

const at = useFetchCase();

describe("bytes that are not what they should be", () => {
  it("are refused by the archive's checksum, and none of them stays", async () => {
    at.server.putChecked(ZIP, CONTENT);
    const spoilt = Buffer.from(CONTENT);
    spoilt[1_000] = 0x2a;
    at.server.put(ZIP, spoilt);
    const { status: outcome, why } = await at.fetchZip();
    expect(outcome).toBe("failed");
    expect(why).toMatch(
      /the sha256 of what came is [0-9a-f]{64}, and the archive says [0-9a-f]{64}/,
    );
    expect(await at.rawFiles()).toEqual([]);
    expect(at.server.count(ZIP)).toBe(1);
  });

  it.each([
    ["an error page", `${"0".repeat(64)}  another.zip`],
    ["of another file", "<html>not found</html>"],
  ])("are not asked for when the checksum is %s", async (_, text) => {
    at.server.put(ZIP, CONTENT);
    at.server.put(`${ZIP}.CHECKSUM`, text);
    expect(await at.fetchZip()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/is no checksum of/),
    });
    expect(at.server.count(ZIP)).toBe(0);
  });

  it("are checked by their container where the archive has no checksum of the file", async () => {
    at.server.put(ZIP, CONTENT);
    const { file } = await at.fetchZip();
    expect(JSON.parse(await readFile(`${file}.json`, "utf8"))).toMatchObject({
      verifiedBy: "container",
    });
    at.server.put(GZ, PACKED.subarray(0, PACKED.length - 5));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/cut or damaged gzip data/),
    });
  });

  it("are refused when a page of HTML comes instead of the file", async () => {
    at.server.put(GZ, "<html><body>Access denied</body></html>");
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/not a whole gz file: it starts with "<html><body>Access denied/),
    });
    expect(await at.rawFiles()).toEqual([]);
  });

  it("are refused when fewer come than the server says, however often", async () => {
    at.server.put(GZ, PACKED);
    at.server.always(GZ, (response, { bytes, etag }) => {
      response.writeHead(200, { etag, "content-length": bytes.length + 7 });
      response.write(bytes, () => response.destroy());
    });
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/given up/),
    });
    expect(await at.rawFiles()).not.toContain(GZ_PATH);
  });

  it("are none of the file when they come after its end", async () => {
    at.server.misbehave(GZ, (response, { bytes, etag }) => {
      const { socket } = response;
      socket?.write(`HTTP/1.1 200 OK\r\netag: ${etag}\r\ncontent-length: ${bytes.length}\r\n\r\n`);
      socket?.write(bytes);
      socket?.write("and this is too much");
    });
    at.server.put(GZ, PACKED);
    const { file, status: outcome } = await at.fetchGz();
    expect(outcome).toBe("fetched");
    expect(await readFile(file)).toEqual(PACKED);
  });

  it("are refused when they are more than any file may have, said beforehand or not", async () => {
    at.server.put(GZ, PACKED);
    const limit = { maxBytes: 100_000 };
    expect(await at.fetchGz(limit)).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/is larger than 100000 bytes/),
    });
    at.server.always(GZ, (response, { bytes }) => {
      response.writeHead(200);
      response.end(bytes);
    });
    expect(await at.fetchGz(limit)).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/is larger than 100000 bytes/),
    });
  });
});

describe("a redirect", () => {
  const to =
    (location: string, code = 302): Fault =>
    (response) => {
      response.writeHead(code, { location }).end();
    };

  it.each([301, 302, 303, 307, 308])("of status %i is followed", async (code) => {
    at.server.put("https://elsewhere.example/file", PACKED);
    at.server.misbehave(GZ, to("https://elsewhere.example/file", code));
    const file = await at.fetchGz({
      hosts: at.server.hosts("public.bybit.com", "elsewhere.example"),
    });
    expect(file).toMatchObject({ status: "fetched", url: GZ });
  });

  it("within a host is followed", async () => {
    at.server.put("https://public.bybit.com/moved/file", PACKED);
    at.server.misbehave(GZ, to("../../moved/file"));
    expect(await at.fetchGz()).toMatchObject({ status: "fetched" });
  });

  it("that goes round and round is given up", async () => {
    at.server.always(GZ, to(GZ));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/is redirected more than 5 times/),
    });
    expect(at.server.count(GZ)).toBe(6);
  });

  it.each([
    ["file:///etc/passwd", /only https is followed/],
    ["http://public.example/file", /only https is followed/],
    ["ftp://public.example/file", /only https is followed/],
    ["data:text/plain,x", /only https is followed/],
    ["https://", /is redirected to nowhere/],
  ])("to %s is not followed", async (location, why) => {
    at.server.always(GZ, to(location));
    expect(await at.fetchGz()).toMatchObject({ status: "failed", why: expect.stringMatching(why) });
    expect(await at.rawFiles()).toEqual([]);
  });

  it("to nowhere is not followed", async () => {
    at.server.always(GZ, status(302));
    expect(await at.fetchGz()).toMatchObject({
      status: "failed",
      why: expect.stringMatching(/to nowhere/),
    });
  });
});
