/** A Chainlink price feed: what its answers are in, and where it lives. */
export interface ChainlinkFeed {
  readonly chain: string;
  readonly base: string;
  readonly quote: string;
  /** Answers are whole multiples of 10^-decimals of the quote currency. */
  readonly decimals: number;
  /** Lower case: the proxy, which asks the newest aggregator, and the aggregators known, which log. */
  readonly addresses: readonly string[];
}

const feed = (
  base: string,
  quote: string,
  decimals: number,
  ...addresses: readonly string[]
): ChainlinkFeed => ({ chain: "ethereum", base, quote, decimals, addresses });

/**
 * Feeds on Ethereum by proxy and aggregator, with the decimals that their contracts state. Sources: the list of feeds of Dune's
 * spellbook (chainlink_ethereum price_feeds_oracle_addresses), read 2026-11; the aggregators of ETH / USD and BTC / USD before
 * April 2023 and those of LINK / ETH and USDT / ETH as the subgraphs, monitors and front ends of
 * 2021–2023 name and scale them.
 */
export const CHAINLINK_FEEDS: readonly ChainlinkFeed[] = [
  feed(
    "ETH",
    "USD",
    8,
    "0x5f4ec3df9cbd43714fe2740f5e3616155c5b8419",
    "0xe62b71cf983019bff55bc83b48601ce8419650cc",
    "0x37bc7498f4ff12c19678ee8fe19d713b87f6a9e6",
  ),
  feed(
    "BTC",
    "USD",
    8,
    "0xf4030086522a5beea4988f8ca5b36dbc97bee88c",
    "0xdbe1941bfbe4410d6865b9b7078e0b49af144d2d",
    "0xae74faa92cb67a95ebcab07358bc222e33a34da7",
  ),
  feed(
    "AAVE",
    "USD",
    8,
    "0x547a514d5e3769680ce22b2361c10ea13619e8a9",
    "0x8116b273cd75d79c382afacc706659ded5e0a59d",
  ),
  feed(
    "CBETH",
    "ETH",
    18,
    "0xf017fcb346a1885194689ba23eff2fe6fa5c483b",
    "0xd74ff3f1b565597e59d44320f53a5c5c8ba85f7b",
  ),
  feed(
    "COMP",
    "USD",
    8,
    "0xdbd020caef83efd542f4de03e3cf0c28a4428bd5",
    "0x64d2e1f01a19762ddee27b1062cc092b66ff9652",
  ),
  feed(
    "CRVUSD",
    "USD",
    8,
    "0xeef0c605546958c1f899b6fb336c20671f9cd49f",
    "0x145f040dbcdff4cbe8debbd58861296012fcb269",
  ),
  feed(
    "DAI",
    "USD",
    8,
    "0xaed0c38402a5d19df6e4c03f4e2dced6e29c1ee9",
    "0x478238a1c8b862498c74d0647329aef9ea6819ed",
  ),
  feed(
    "ETH",
    "BTC",
    8,
    "0xac559f25b1619171cbc396a50854a3240b6a4e99",
    "0x0f00392fcb466c0e4e4310d81b941e07b4d5a079",
  ),
  feed(
    "LINK",
    "USD",
    8,
    "0x2c1d072e956affc0d435cb7ac38ef18d24d9127c",
    "0x20807cf61ad17c31837776fa39847a2fa1839e81",
  ),
  feed("LINK", "ETH", 18, "0xbba12740de905707251525477bad74985dec46d2"),
  feed("USDT", "ETH", 18, "0x7de0d6fce0c128395c488cb4df667cdbfb35d7de"),
  feed(
    "LUSD",
    "USD",
    8,
    "0x3d7ae7e594f2f2091ad8798313450130d0aba3a0",
    "0x27b97a63091d185ce056e1747624b9b92baad056",
  ),
  feed(
    "MATIC",
    "USD",
    8,
    "0x7bac85a8a13a4bcd8abb3eb7d6b4d632c5a57676",
    "0x4b35f7854e1fd8291f4ec714ac3ebb1dea450585",
  ),
  feed(
    "MKR",
    "USD",
    8,
    "0xec1d1b3b0443256cc3860e24a46f108e699484aa",
    "0x71febc2f741f113af322e1b576ef005a4424574f",
  ),
  feed(
    "RETH",
    "ETH",
    18,
    "0x536218f9e9eb48863970252233c8f271f554c2d0",
    "0x9cb248e68fb81d0cfe7d6b3265fe6bf123a71fe0",
  ),
  feed(
    "SOL",
    "USD",
    8,
    "0x4ffc43a60e009b551865a93d232e33fce9f01507",
    "0xdf30249744a419891f822ea4a9e80cd76d7fbd23",
  ),
  feed(
    "STETH",
    "ETH",
    18,
    "0x86392dc19c0b719886221c78ab11eb8cf5c52812",
    "0x716bb759a5f6facdff91f0afb613133d510e1573",
  ),
  feed(
    "STETH",
    "USD",
    8,
    "0xcfe54b5cd566ab89272946f602d76ea879cab4a8",
    "0xda31bc2b08f22ae24aed5f6eb1e71e96867ba196",
  ),
  feed(
    "TBTC",
    "USD",
    8,
    "0x8350b7de6a6a2c1368e7d4bd968190e13e354297",
    "0x0a7aaaa55cee361ebe1d57f80345285dbaf96fcc",
  ),
  feed(
    "TUSD",
    "USD",
    8,
    "0xec746ecf986e2927abd291a2a1716c940100f8ba",
    "0x98953e9c76573e06ec265bdde1dbb89fa02d56d3",
  ),
  feed(
    "UNI",
    "USD",
    8,
    "0x553303d460ee0afb37edff9be42922d8ff63220e",
    "0x373bce97bec13bfa8a5f07cc578ec2d77f80c589",
  ),
  feed(
    "USDC",
    "USD",
    8,
    "0x8fffffd4afb6115b954bd326cbe7b4ba576818f6",
    "0x789190466e21a8b78b8027866cbbdc151542a26c",
  ),
  feed(
    "USDC",
    "ETH",
    18,
    "0x986b5e1e1755e3c2440e960477f25201b0a8bbd4",
    "0xe5bbbdb2bb953371841318e1edfbf727447cef2e",
  ),
  feed(
    "USDE",
    "USD",
    8,
    "0xa569d910839ae8865da8f8e70fffb0cba869f961",
    "0xb735cc58d71deac4cfc46de68d3b04988f7d7b2d",
  ),
  feed(
    "WBTC",
    "BTC",
    8,
    "0xfdfd9c85ad200c506cf9e21f1fd8dd01932fbb23",
    "0xd7623f1d24b35c392862fb67c9716564a117c9de",
  ),
  feed(
    "WEETH",
    "ETH",
    18,
    "0x5c9c449bbc9a6075a2c061df312a35fd1e05ff22",
    "0x4df36f726d8059d881294166db52c1d13e976fe7",
  ),
  feed(
    "EZETH",
    "ETH",
    18,
    "0x636a000262f6aa9e1f094abf0ad8f645c44f641c",
    "0x85fbd46eded893392e52a02bc5ac0294fb06f88d",
  ),
];

/** The feed that a contract serves. Undefined for one that is not in the table. */
export const feedAt = (chain: string, address: string): ChainlinkFeed | undefined =>
  CHAINLINK_FEEDS.find((known) => known.chain === chain && known.addresses.includes(address));

/** The feed that a contract serves, on whichever chain. Undefined for one that is not in the table. */
export const feedWith = (address: string): ChainlinkFeed | undefined =>
  CHAINLINK_FEEDS.find((known) => known.addresses.includes(address));

/** The feed by its pair, written `ETH-USD`, `ETHUSD` or `eth_usd`. Undefined for one that is not in the table. */
export function feedNamed(pair: string): ChainlinkFeed | undefined {
  const wanted = pair.replaceAll(/[^A-Za-z0-9]/g, "").toUpperCase();
  return CHAINLINK_FEEDS.find(({ base, quote }) => base + quote === wanted);
}

/** An answer as the nearest double to what it says: `230000000000` at 8 decimals is 2300. */
export const answerOf = (answer: string, decimals: number): number =>
  Number(`${answer}e-${decimals}`);
