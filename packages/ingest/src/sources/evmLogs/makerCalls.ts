/**
 * Calls that contracts of Maker 1.x log in place of an event: the selector (the first four bytes of keccak-256 of the signature)
 * and the declaration. They are the steps of an auction (flip, flop, flap) and the changes of vaults (vat). Source: dss, lib.sol,
 * flip.sol, flop.sol, flap.sol, vat.sol, read 2026-11.
 */
export const MAKER_CALLS: readonly (readonly [selector: string, declaration: string])[] = [
  ["0x4b43ed12", "function tend(uint256 id, uint256 lot, uint256 bid)"],
  ["0x5ff3a382", "function dent(uint256 id, uint256 lot, uint256 bid)"],
  ["0xc959c42b", "function deal(uint256 id)"],
  ["0xfc7b6aee", "function tick(uint256 id)"],
  ["0x26e027f1", "function yank(uint256 id)"],
  [
    "0x76088703",
    "function frob(bytes32 i, address u, address v, address w, int256 dink, int256 dart)",
  ],
  ["0x870c616d", "function fork(bytes32 ilk, address src, address dst, int256 dink, int256 dart)"],
  [
    "0x7bab3f40",
    "function grab(bytes32 i, address u, address v, address w, int256 dink, int256 dart)",
  ],
  ["0xb65337df", "function fold(bytes32 i, address u, int256 rate)"],
  ["0xf37ac61c", "function heal(uint256 rad)"],
  ["0xf24e23eb", "function suck(address u, address v, uint256 rad)"],
  ["0x7cdd3fde", "function slip(bytes32 ilk, address usr, int256 wad)"],
  ["0x6111be2e", "function flux(bytes32 ilk, address src, address dst, uint256 wad)"],
  ["0xbb35783b", "function move(address src, address dst, uint256 rad)"],
];
