/**
 * Which of the types a file's name says it is of, as Tardis's names do (`binance-futures_trades_2020-02-22_BTCUSDT.csv.gz`): the
 * type in lower case between the name's ends, `_`, `-` or `.`. Symbols are in upper case, so that one which holds the same
 * letters (TRADEUSDT) says nothing. Undefined where the name says none, or more than one.
 */
export function tardisNamedType<Type extends string>(
  fileName: string,
  types: readonly Type[],
): Type | undefined {
  const [named, another] = types.filter((type) =>
    new RegExp(`(?:^|[_.-])${type}(?:$|[_.-])`).test(fileName),
  );
  return another === undefined ? named : undefined;
}
