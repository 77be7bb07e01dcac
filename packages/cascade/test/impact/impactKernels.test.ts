import { MICROS_PER_SECOND } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { BlockBookKernel, walkedDistance } from "../../src/impact/blockBookKernel.ts";
import { depthSlope } from "../../src/impact/depthSlope.ts";
import { ExponentialKernel } from "../../src/impact/exponentialKernel.ts";
import type { FlowPair, ImpactKernel } from "../../src/impact/impactKernel.ts";
import { MixtureKernel } from "../../src/impact/mixtureKernel.ts";
import { concave, PowerLawKernel, PropagatorSum } from "../../src/impact/powerLawKernel.ts";

const seconds = (count: number): number => count * MICROS_PER_SECOND;
const FLAT = { distances: [0.01], volumes: [1e6] };

const KERNELS: readonly (() => ImpactKernel)[] = [
  () => new ExponentialKernel({ tauSeconds: 87, permanentShare: 0.1 }),
  () => new PowerLawKernel({ scaleSeconds: 5, decayPower: 0.6, sizePower: 0.5, unit: 1e5 }),
  () => new PropagatorSum({ scaleSeconds: 5, decayPower: 0.6, sizePower: 0.5, unit: 1e5 }),
  () =>
    new MixtureKernel([
      { share: 0.6, tauSeconds: 3 },
      { share: 0.4, tauSeconds: 200 },
    ]),
  () => new BlockBookKernel({ refillSeconds: 30, depthAt: () => FLAT, thinning: 1 }),
];

const flows = (pair: fc.Arbitrary<readonly [number, number]>): fc.Arbitrary<readonly FlowPair[]> =>
  fc
    .array(fc.tuple(fc.nat(3e8), pair, fc.double({ min: 1e-10, max: 1e-8, noNaN: true })), {
      maxLength: 40,
    })
    .map((rows) => {
      let at = 0;
      return rows.map(([gap, [recorded, changed], slope]) => ({
        at: (at += gap),
        recorded,
        changed,
        slope,
      }));
    });
const amount = fc.double({ min: -1e7, max: 1e7, noNaN: true });
const anyFlows = flows(fc.tuple(amount, amount));

describe("ExponentialKernel", () => {
  it("refuses a permanent share that is none", () => {
    for (const permanentShare of [-0.1, 1.5, Number.NaN]) {
      expect(() => new ExponentialKernel({ tauSeconds: 87, permanentShare })).toThrow(
        /permanent share/,
      );
    }
  });
});

describe("every impact kernel", () => {
  it("is +0 to the bit at every instant while recorded and changed flow agree", () => {
    const alike = flows(amount.map((flow) => [flow, flow] as const));
    fc.assert(
      fc.property(alike, fc.constantFrom(...KERNELS), (rows, create) => {
        const kernel = create();
        for (const row of rows) {
          kernel.add(row);
          expect(Object.is(kernel.delta(row.at), 0)).toBe(true);
          expect(Object.is(kernel.delta(row.at + 1e9), 0)).toBe(true);
        }
      }),
    );
  });

  it("is causal: what comes later changes no answer given before", () => {
    fc.assert(
      fc.property(anyFlows, fc.constantFrom(...KERNELS), fc.nat(40), (rows, create, cut) => {
        const [whole, part] = [create(), create()];
        for (const [i, row] of rows.entries()) {
          whole.add(row);
          if (i >= cut) continue;
          part.add(row);
          expect(part.delta(row.at)).toBe(whole.delta(row.at));
        }
      }),
    );
  });

  it("falls when more is sold and rises when less is", () => {
    for (const create of KERNELS) {
      const kernel = create();
      kernel.add({ at: 0, recorded: -1e5, changed: -2e5, slope: 1e-9 });
      expect(kernel.delta(0)).toBeLessThan(0);
      const milder = create();
      milder.add({ at: 0, recorded: -1e5, changed: 0, slope: 1e-9 });
      expect(milder.delta(0)).toBeGreaterThan(0);
      expect(milder.delta(seconds(600))).toBeLessThan(milder.delta(0));
    }
  });

  it("refuses flow out of order and numbers that are none", () => {
    for (const create of KERNELS) {
      const kernel = create();
      const good = { at: 10, recorded: 0, changed: 1, slope: 1e-9 };
      kernel.add(good);
      expect(() => kernel.add({ ...good, at: 9 })).toThrow(/in order|after that/);
      expect(() => kernel.add({ ...good, changed: Number.NaN })).toThrow(/NaN changed/);
      expect(() => kernel.add({ ...good, slope: 0 })).toThrow(/slope of 0/);
    }
  });
});

describe("ExponentialKernel", () => {
  it("adds up: two differences move the price by the sum of what each moves (linear h)", () => {
    fc.assert(
      fc.property(anyFlows, anyFlows, (first, second) => {
        const create = KERNELS[0]!;
        const [one, two, both] = [create(), create(), create()];
        first.forEach((row) => one.add(row));
        second.forEach((row) => two.add(row));
        [...first, ...second].sort((a, b) => a.at - b.at).forEach((row) => both.add(row));
        const at = Math.max(0, ...first.map((row) => row.at), ...second.map((row) => row.at));
        expect(both.delta(at)).toBeCloseTo(one.delta(at) + two.delta(at), 9);
      }),
    );
  });

  it("leaves only the permanent share when it has decayed", () => {
    const kernel = new ExponentialKernel({ tauSeconds: 1, permanentShare: 0.25 });
    kernel.add({ at: 0, recorded: 0, changed: -1e6, slope: 1e-8 });
    expect(kernel.delta(0)).toBeCloseTo(-0.01, 12);
    expect(kernel.delta(seconds(1))).toBeCloseTo(-0.0025 - 0.0075 / Math.E, 12);
    expect(kernel.delta(seconds(1_000))).toBeCloseTo(-0.0025, 12);
  });
});

describe("MixtureKernel", () => {
  it("is the exponential kernel where it has one speed, and the sum of several otherwise", () => {
    fc.assert(
      fc.property(anyFlows, (rows) => {
        const mixture = new MixtureKernel([
          { share: 0.25, tauSeconds: 10 },
          { share: 0.75, tauSeconds: 100 },
        ]);
        const [fast, slow] = [
          new ExponentialKernel({ tauSeconds: 10 }),
          new ExponentialKernel({ tauSeconds: 100 }),
        ];
        for (const row of rows) {
          for (const kernel of [mixture, fast, slow]) kernel.add(row);
          const sum = 0.25 * fast.delta(row.at) + 0.75 * slow.delta(row.at);
          expect(mixture.delta(row.at)).toBeCloseTo(sum, 12);
        }
      }),
    );
  });

  it("refuses shares below 0, that do not sum to 1, and times of 0", () => {
    expect(() => new MixtureKernel([{ share: 0.5, tauSeconds: 1 }])).toThrow(/sum to 0.5/);
    expect(
      () =>
        new MixtureKernel([
          { share: 2, tauSeconds: 1 },
          { share: -1, tauSeconds: 2 },
        ]),
    ).toThrow(/shares/);
    expect(() => new MixtureKernel([{ share: 1, tauSeconds: 0 }])).toThrow(/decay time is 0/);
  });
});

describe("PropagatorSum", () => {
  const unitSells = (times: readonly number[]): PropagatorSum => {
    const kernel = new PropagatorSum({ scaleSeconds: 1, decayPower: 0.5 });
    for (const at of times) kernel.add({ at: seconds(at), recorded: 0, changed: -1, slope: 1 });
    return kernel;
  };

  it("gives the propagator's published sums for G = (1 + l)^−½", () => {
    const kernel = unitSells([0, 1, 2]);
    expect(kernel.delta(seconds(2))).toBeCloseTo(-2.2844570504, 10);
    expect(kernel.delta(seconds(5))).toBeCloseTo(-1.355461886, 10);
    expect(unitSells([0, 5, 10]).delta(seconds(10))).toBeCloseTo(-1.709759635, 10);
  });
});

describe("PowerLawKernel", () => {
  it("follows its plain twin to 1.5e-5 of what was moved, 1.2e-4 for powers above 0.8, over seven decades of lag", () => {
    fc.assert(
      fc.property(
        anyFlows,
        fc.oneof(
          fc.double({ min: 0.05, max: 0.8, noNaN: true }),
          fc.double({ min: 0.8, max: 1.5, noNaN: true }),
        ),
        fc.double({ min: -3, max: 7, noNaN: true }),
        fc.option(fc.double({ min: 1, max: 1e4, noNaN: true }), { nil: Infinity }),
        (rows, decayPower, decades, cutoffSeconds) => {
          const options = {
            scaleSeconds: 1,
            decayPower,
            cutoffSeconds,
            sizePower: 0.95,
            unit: 1e5,
          };
          const [fast, plain] = [new PowerLawKernel(options), new PropagatorSum(options)];
          const h = (flow: number): number => concave(flow, 0.95, 1e5);
          const share = decayPower > 0.8 ? 1.2e-4 : 1.5e-5;
          let moved = 0;
          for (const row of rows) {
            fast.add(row);
            plain.add(row);
            moved += row.slope * (h(Math.abs(row.changed)) + h(Math.abs(row.recorded)));
            expect(Math.abs(fast.delta(row.at) - plain.delta(row.at))).toBeLessThan(
              share * moved + 1e-15,
            );
          }
          const at = Math.round((rows.at(-1)?.at ?? 0) + seconds(10 ** decades));
          expect(Math.abs(fast.delta(at) - plain.delta(at))).toBeLessThan(share * moved + 1e-15);
        },
      ),
      { numRuns: 500 },
    );
  });

  it("keeps 1/e of the power law at the time of its cut-off", () => {
    const terms = { scaleSeconds: 2, decayPower: 0.4 };
    const at = (kernel: ImpactKernel): number => {
      kernel.add({ at: 0, recorded: 0, changed: -1, slope: 1 });
      return kernel.delta(seconds(60));
    };
    const kept = at(new PowerLawKernel({ ...terms, cutoffSeconds: 60 }));
    expect(kept / at(new PowerLawKernel(terms))).toBeCloseTo(Math.exp(-1), 9);
    expect(() => new PowerLawKernel({ ...terms, cutoffSeconds: 0 })).toThrow(/cut-off/);
  });

  it("refuses powers with which a round trip could gain", () => {
    const terms = { scaleSeconds: 1, decayPower: 0.3, sizePower: 0.5, unit: 1 };
    expect(() => new PowerLawKernel(terms)).toThrow(/manipulated/);
    expect(() => new PowerLawKernel({ ...terms, decayPower: 0.5, sizePower: 1.2 })).toThrow(
      /manipulated/,
    );
    expect(() => new PowerLawKernel({ scaleSeconds: 1, decayPower: 0.5, sizePower: 0.5 })).toThrow(
      /slope is stated/,
    );
    expect(() => new PowerLawKernel({ scaleSeconds: 0, decayPower: 0.5 })).toThrow(
      /time scale is 0/,
    );
  });
});

describe("BlockBookKernel", () => {
  it("is the exponential kernel where the book is a flat block", () => {
    fc.assert(
      fc.property(anyFlows, (rows) => {
        const block = new BlockBookKernel({ refillSeconds: 30, depthAt: () => FLAT });
        const exponential = new ExponentialKernel({ tauSeconds: 30 });
        for (const row of rows) {
          block.add(row);
          exponential.add({ ...row, slope: 0.01 / 1e6 });
          expect(block.delta(row.at)).toBeCloseTo(exponential.delta(row.at), 9);
        }
      }),
    );
  });

  it("makes Obizhaeva and Wang's schedule the cheapest: X = 100k in 10 trades, ρT = 2.231", () => {
    const [total, gaps, decay] = [100_000, 9, 2.231];
    const kept = Math.exp(-decay / gaps);
    const end = total / ((gaps - 1) * (1 - kept) + 2);
    expect(end).toBeCloseTo(26_621.0434, 4);
    expect(end * (1 - kept)).toBeCloseTo(5_844.7391, 4);
    const cost = (sizes: readonly number[]): number => {
      const kernel = new BlockBookKernel({ refillSeconds: gaps / decay, depthAt: () => FLAT });
      let paid = 0;
      for (const [i, size] of sizes.entries()) {
        const before = i === 0 ? 0 : kernel.delta(seconds(i));
        kernel.add({ at: seconds(i), recorded: 0, changed: size, slope: 1 });
        paid += (size * (before + kernel.delta(seconds(i)))) / 2;
      }
      return paid;
    };
    const best = Array.from({ length: gaps + 1 }, (_, i) =>
      i === 0 || i === gaps ? end : end * (1 - kept),
    );
    expect(best.reduce((sum, size) => sum + size, 0)).toBeCloseTo(total, 6);
    fc.assert(
      fc.property(
        fc.nat(gaps),
        fc.nat(gaps),
        fc.double({ min: 1, max: 5_000, noNaN: true }),
        (from, to, moved) => {
          fc.pre(from !== to);
          const other = best.map((size, i) =>
            i === from ? size - moved : i === to ? size + moved : size,
          );
          expect(cost(other)).toBeGreaterThan(cost(best));
        },
      ),
    );
  });

  it("walks levels by straight lines, and on at the last slope beyond the last", () => {
    const profile = { distances: [0.001, 0.002, 0.004], volumes: [100, 100, 300] };
    expect(walkedDistance(profile, 50)).toBeCloseTo(0.0005, 12);
    expect(walkedDistance(profile, 200)).toBeCloseTo(0.003, 12);
    expect(walkedDistance(profile, 500)).toBeCloseTo(0.006, 12);
    expect(walkedDistance({ distances: [], volumes: [] }, 5)).toBe(0);
  });
});

describe("depthSlope", () => {
  it("is steeper where the book is thin, without end only down to a floor", () => {
    const slope = depthSlope({ slope: 1e-9, referenceDepth: 4e6 });
    expect(slope(4e6)).toBeCloseTo(1e-9, 15);
    expect(slope(1e6)).toBeCloseTo(2e-9, 15);
    expect(slope(0)).toBe(slope(0.05 * 4e6));
    expect(slope(Number.NaN)).toBe(slope(4e6));
    expect(() => depthSlope({ slope: 0, referenceDepth: 1 })).toThrow(/slope of impact is 0/);
  });
});
