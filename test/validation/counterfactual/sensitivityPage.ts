import { differenceOf, errorsOf, LAGS, type ResponseDraws, WINDOWS } from "./responseErrors.ts";
import {
  THROTTLED_CASES,
  THROTTLED_RULES,
  type ThrottledCase,
  throttledError,
  type ThrottledScore,
} from "./throttledPrints.ts";
import type { ZeroFlowRule } from "./zeroFlow.ts";

/** A response to what was called forced. */
export interface LabelResponse {
  /** Forced flow, or a placebo of the same side or of either. */
  readonly label: "forced" | "same" | "either";
  /** How much of the forced notional it has. */
  readonly share: number;
  readonly response: ResponseDraws;
}

/** A response to transfers that no book saw, and that to forced flow of days of the same seeds. */
export interface ZeroFlowResponse {
  readonly rule: ZeroFlowRule;
  /** Transferred a day, quote currency. */
  readonly notional: number;
  readonly response: ResponseDraws;
  readonly forced: ResponseDraws;
}

/** What was found in a family. */
export interface FamilySensitivity {
  readonly family: string;
  /** Forced flow first. */
  readonly labels: readonly LabelResponse[];
  readonly zeroFlow: readonly ZeroFlowResponse[];
  readonly answer: { readonly calibrated: ResponseDraws; readonly planted: ResponseDraws };
  readonly throttled: readonly ThrottledScore[];
}

/** What the page is made of. */
export interface SensitivityPage {
  readonly families: readonly FamilySensitivity[];
  /** Days of a family on which responses were calibrated. */
  readonly calibration: number;
}

const number = (value: number | undefined, digits = 2): string =>
  value === undefined || Number.isNaN(value) ? "–" : value.toFixed(digits).replace("-", "−");
const percent = (value: number): string => `${Math.round(100 * value)}`.replace("-", "−");

const table = (head: readonly string[], rows: readonly (readonly string[])[]): string =>
  [
    `| ${head.join(" | ")} |`,
    `|${head.map(() => "---").join("|")}|`,
    ...rows.map((row) => `| ${row.join(" | ")} |`),
  ].join("\n");

const withErrors = (response: ResponseDraws): readonly string[] => {
  const errors = errorsOf(response);
  return response.point.map((value, lag) => `${number(value)} ± ${number(errors[lag])}`);
};

const LAG_TITLES = LAGS.map((lag) => (lag < 60 ? `${lag} s` : `${lag / 60} min`));
const WINDOW_TITLES = WINDOWS.map(([from, to]) => `${from}–${to + 1} min`);

const LABEL_TITLES: Readonly<Record<LabelResponse["label"], string>> = {
  forced: "forced",
  same: "placebo, same side",
  either: "placebo, either side",
};

function labelTable(families: readonly FamilySensitivity[]): string {
  const rows = families.flatMap(({ family, labels }) => {
    const [forced] = labels;
    return labels.flatMap(({ label, share, response }) => {
      const own = [family, LABEL_TITLES[label], percent(share), ...withErrors(response)];
      if (label === "forced" || forced === undefined) return [own];
      const difference = differenceOf(response, forced.response);
      return [own, [family, "… less forced", "", ...withErrors(difference)]];
    });
  });
  return table(["family", "what is called forced", "notional, %", ...LAG_TITLES], rows);
}

/** Shares are of responses of at least this many bootstrap errors; of less they are none. */
const CLEAR = 2;

/** One response in percent of another at each lag. */
const shares = (response: ResponseDraws, of: ResponseDraws): readonly string[] => {
  const errors = errorsOf(of);
  return response.point.map((value, lag) => {
    const whole = of.point[lag] ?? Number.NaN;
    return whole > CLEAR * (errors[lag] ?? Number.NaN) ? percent(value / whole) : "–";
  });
};

function zeroFlowTable(families: readonly FamilySensitivity[]): string {
  const rows = families.flatMap(({ family, zeroFlow }) =>
    zeroFlow.flatMap(({ rule, notional, response, forced }) => [
      [family, `${rule}, no flow`, (notional / 1e6).toFixed(0), ...withErrors(response)],
      [family, "forced flow, same seeds", "", ...withErrors(forced)],
      [family, "… share, %", "", ...shares(response, forced)],
    ]),
  );
  return table(["family", "closed by", "a day, millions", ...LAG_TITLES], rows);
}

function answerTable(families: readonly FamilySensitivity[]): string {
  const rows = families.flatMap(({ family, answer: { calibrated, planted } }) => [
    [family, "calibrated", ...withErrors(calibrated)],
    [family, "planted", ...withErrors(planted)],
    [family, "calibrated less planted", ...withErrors(differenceOf(calibrated, planted))],
  ]);
  return table(["family", "response", ...WINDOW_TITLES], rows);
}

const isOf =
  ({ dropped, scaling }: ThrottledCase) =>
  (score: ThrottledScore): boolean =>
    score.dropped === dropped && score.scaling === scaling;

const caseTitles = ({ dropped, scaling }: ThrottledCase): readonly string[] => [
  percent(dropped),
  dropped === 0 ? "all are there" : scaling === "band" ? "band" : "κ = 1",
];

function throttledTable(scores: readonly ThrottledScore[]): string {
  const rows = THROTTLED_RULES.flatMap((rule) =>
    THROTTLED_CASES.map((tried) => {
      const own = scores.filter((score) => score.rule === rule && isOf(tried)(score));
      const cell = (metric: "extreme" | "path" | "notional", digits: number): string => {
        const { bias, rmse, unchanged } = throttledError(own, metric);
        return `${number(bias, digits)} / ${number(rmse, digits)} (${number(unchanged, digits)})`;
      };
      return [
        rule,
        ...caseTitles(tried),
        rule === "none" ? "–" : cell("notional", 1),
        cell("extreme", 2),
        cell("path", 2),
      ];
    }),
  );
  return table(
    [
      "rule",
      "left out, %",
      "κ",
      "forced notional, % of the record's",
      "low30 (squeeze: high30), %",
      "path by minute, %",
    ],
    rows,
  );
}

/** What positions make of the record itself, and how wide draws of κ are. */
function reproducedTable(scores: readonly ThrottledScore[]): string {
  const average = (values: readonly number[]): number =>
    values.reduce((sum, value) => sum + value, 0) / values.length;
  const rows = THROTTLED_CASES.map((tried) => {
    const own = scores.filter(isOf(tried));
    const found = own.filter(({ rule }) => rule === "none").map(({ reproduced }) => reproduced);
    const cells = THROTTLED_RULES.filter((rule) => rule !== "none").map((rule) => {
      const drawn = own.filter((score) => score.rule === rule && score.notionals.length > 0);
      if (drawn.length === 0) return "–";
      const held = drawn.filter(
        ({ notionals, truth }) =>
          Math.min(...notionals) <= truth.notional && truth.notional <= Math.max(...notionals),
      );
      const width = average(
        drawn.map(
          ({ notionals, record }) =>
            (Math.max(...notionals) - Math.min(...notionals)) / record.notional,
        ),
      );
      return `${percent(width)} (${held.length} of ${drawn.length})`;
    });
    return [
      ...caseTitles(tried),
      percent(average(found)),
      `${percent(Math.min(...found))} … ${percent(Math.max(...found))}`,
      ...cells,
    ];
  });
  return table(
    [
      "left out, %",
      "κ",
      "of the record's forced notional, %",
      "least and most of a day",
      ...THROTTLED_RULES.filter((rule) => rule !== "none").map(
        (rule) => `${rule}: range of draws, % of the record's (days that it held)`,
      ),
    ],
    rows,
  );
}

function throttledPart(scores: readonly ThrottledScore[]): string {
  if (scores.length === 0) return "";
  const days = new Set(scores.map(({ family, seed }) => `${family} ${seed}`)).size;
  return `## Throttled prints

${days} days. Of the prints a share is left out, drawn one by one; positions are pinned from the rest. *Band*: κ is known within a factor of two, 1/(1 − share) in the middle; the estimate is at the middle. *κ = 1*: prints are taken for all there was. Bias / RMSE of the estimate (RMSE of "nothing changes"), in
percent.

${throttledTable(scores)}

What the engine closes on the recorded path with these positions, and how far apart draws of κ and of triggers are with one kernel:

${reproducedTable(scores)}
`;
}

/** The tables as Markdown. */
export function sensitivityPage({ families, calibration }: SensitivityPage): string {
  const throttled = families.flatMap((each) => each.throttled);
  return `<!-- Made by test/validation/counterfactual/sensitivity.ts; not edited by hand. -->

# What the calibrated response measures, and what thinned prints do to an answer

Simulated days of ${families.length} families (${families.map(({ family }) => family).join(", ")}). Responses are those of the vector autoregression of [method.md](method.md), of the price, in basis points after a million of quote
currency bought at the reference depth; ± is the standard deviation of a bootstrap by day.

## Placebo of labels

On ${calibration} days of each family flow that was not forced is called forced, and forced flow is counted among that of others: of random steps of 100 ms, in each minute with as much notional as was forced in it, of the same side or
of either. A model that measures flow and not the label finds the same; flow that knows more, or that leans against the price, answers differently.

${labelTable(families)}

## Zero-flow placebo

Accounts are taken over by a vault at their bankruptcy prices, or closed against the other side at the mark: the book sees nothing of it. The transfers are called forced flow. Whatever response is found is endogeneity: what moves the price also closes
accounts.

${zeroFlowTable(families)}

The truth of the response is known too: the same days, with the same luck, without liquidations. The difference of the two paths, by least squares on the forced flow of the minutes before, is the planted response; beside it the
calibration's, on the same days, as means over the same lags.

${answerTable(families)}

${throttledPart(throttled)}`;
}
