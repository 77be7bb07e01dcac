import { MICROS_PER_SECOND } from "@aftershock/schema";
import fc from "fast-check";
import { describe, expect, it } from "vitest";
import {
  BlockBookKernel,
  type DepthProfile,
  walkedDistance,
} from "../../src/impact/blockBookKernel.ts";
import { depthSlope } from "../../src/impact/depthSlope.ts";
import { ExponentialKernel } from "../../src/impact/exponentialKernel.ts";
import type { ImpactKernel } from "../../src/impact/impactKernel.ts";
import { MixtureKernel } from "../../src/impact/mixtureKernel.ts";
import { PowerLawKernel, PropagatorSum } from "../../src/impact/powerLawKernel.ts";

const seconds = (count: number): number => count * MICROS_PER_SECOND;
const FLAT = { distances: [0.01], volumes: [1e6] };

const LINEAR: readonly (() => ImpactKernel)[] = [
  () => new ExponentialKernel({ tauSeconds: 20, permanentShare: 0.1 }),
  () => new PowerLawKernel({ scaleSeconds: 5, decayPower: 0.6 }),
  () => new PropagatorSum({ scaleSeconds: 5, decayPower: 0.6 }),
  () =>
    new MixtureKernel([
      { share: 0.6, tauSeconds: 3 },
      { share: 0.4, tauSeconds: 200 },
    ]),
  () => new BlockBookKernel({ refillSeconds: 30, depthAt: () => FLAT }),
];

describe("every linear impact kernel", () => {
  it("forgets alike whether or not flow on which both agree came in between", () => {
    for (const create of LINEAR) {
      const [alone, among] = [create(), create()];
      for (const kernel of [alone, among])
        kernel.add({ at: 0, recorded: 0, changed: -1e6, slope: 1e-8 });
      for (const at of [1, 5, 11])
        among.add({ at: seconds(at), recorded: -3e5, changed: -3e5, slope: 1e-8 });
      for (const at of [11, 40]) {
        expect(among.delta(seconds(at))).toBeCloseTo(alone.delta(seconds(at)), 12);
        expect(among.delta(seconds(at))).not.toBe(0);
      }
      expect(Math.abs(alone.delta(seconds(11)))).toBeLessThan(0.9 * Math.abs(alone.delta(0)));
    }
  });

  it("takes several flows of one instant as their sum", () => {
    for (const create of LINEAR) {
      const [whole, parts] = [create(), create()];
      whole.add({ at: 5, recorded: -4e5, changed: -1e6, slope: 1e-8 });
      parts.add({ at: 5, recorded: -4e5, changed: -3e5, slope: 1e-8 });
      parts.add({ at: 5, recorded: 0, changed: -7e5, slope: 1e-8 });
      for (const at of [0, 30])
        expect(parts.delta(5 + seconds(at))).toBeCloseTo(whole.delta(5 + seconds(at)), 12);
    }
  });

  it("refuses recorded flow that is none, and a slope without end", () => {
    for (const create of LINEAR) {
      const good = { at: 0, recorded: 0, changed: 1, slope: 1e-9 };
      for (const recorded of [Number.NaN, Number.NEGATIVE_INFINITY])
        expect(() => create().add({ ...good, recorded })).toThrow(`${recorded} recorded`);
      for (const slope of [Number.POSITIVE_INFINITY, Number.NaN, -1e-9])
        expect(() => create().add({ ...good, slope })).toThrow(`slope of ${slope}`);
    }
  });
});

describe("parameters of kernels", () => {
  it("may be all permanent, or have a speed at which nothing fades", () => {
    const lasting = new ExponentialKernel({ tauSeconds: 1, permanentShare: 1 });
    lasting.add({ at: 0, recorded: 0, changed: 1, slope: 0.5 });
    lasting.add({ at: 1, recorded: 0, changed: 1, slope: 0.5 });
    expect(lasting.delta(seconds(1_000))).toBe(1);
    const mixture = new MixtureKernel([
      { share: 0, tauSeconds: 1 },
      { share: 1, tauSeconds: 10 },
    ]);
    mixture.add({ at: 0, recorded: 0, changed: 1, slope: 1 });
    expect(mixture.delta(seconds(10))).toBeCloseTo(Math.exp(-1), 12);
  });

  it("may be a power law at the bound, where a round trip gains nothing", () => {
    expect(
      () => new PowerLawKernel({ scaleSeconds: 1, decayPower: 0.5, sizePower: 0.5, unit: 1 }),
    ).not.toThrow();
    expect(
      () => new PowerLawKernel({ scaleSeconds: 1, decayPower: 0.2, sizePower: 1 }),
    ).not.toThrow();
    expect(
      () => new PowerLawKernel({ scaleSeconds: 1, decayPower: 0.49, sizePower: 0.5, unit: 1 }),
    ).toThrow(/manipulated/);
  });

  it("are no shares of depth of 0 or less, and no powers that make depth raise the slope", () => {
    for (const leastShare of [0, -1, Number.NaN])
      expect(() => depthSlope({ slope: 1e-9, referenceDepth: 1, leastShare })).toThrow(
        /least share/,
      );
    expect(depthSlope({ slope: 1e-9, referenceDepth: 100, power: 1 })(50)).toBeCloseTo(2e-9, 18);
    expect(depthSlope({ slope: 1e-9, referenceDepth: 100, power: 0 })(50)).toBe(1e-9);
  });
});

describe("walkedDistance", () => {
  it("leaves levels out that have less within them than nearer ones", () => {
    const profile = { distances: [0.001, 0.002, 0.003], volumes: [100, 50, 300] };
    expect(walkedDistance(profile, 100)).toBeCloseTo(0.001, 12);
    // From 100 at 0.002 to 300 at 0.003.
    expect(walkedDistance(profile, 200)).toBeCloseTo(0.0025, 12);
    expect(walkedDistance(profile, 400)).toBeCloseTo(0.0035, 12);
  });

  it("is finite and never falls as volume grows, whatever the profile", () => {
    const profiles = fc
      .array(fc.tuple(fc.integer({ min: 1, max: 50 }), fc.nat(20)), { maxLength: 6 })
      .map((rows): DepthProfile => {
        let distance = 0;
        return {
          distances: rows.map(([gap]) => (distance += gap)),
          volumes: rows.map(([, volume]) => volume),
        };
      });
    fc.assert(
      fc.property(profiles, fc.nat(40), fc.nat(40), (profile, volume, more) => {
        const [near, far] = [
          walkedDistance(profile, volume),
          walkedDistance(profile, volume + more),
        ];
        expect(Number.isFinite(far)).toBe(true);
        expect(near).toBeGreaterThanOrEqual(0);
        expect(far).toBeGreaterThanOrEqual(near - 1e-12);
      }),
      { numRuns: 500 },
    );
  });
});

describe("BlockBookKernel", () => {
  it("walks the asks for what is bought and the bids for what is sold", () => {
    const depthAt = (_at: number, side: 1 | -1): DepthProfile =>
      side > 0 ? FLAT : { distances: [0.01], volumes: [5e5] };
    const deltaOf = (changed: number): number => {
      const kernel = new BlockBookKernel({ refillSeconds: 30, depthAt });
      kernel.add({ at: 0, recorded: 0, changed, slope: 1 });
      return kernel.delta(0);
    };
    expect([deltaOf(1e5), deltaOf(-1e5)]).toEqual([
      expect.closeTo(0.001, 12),
      expect.closeTo(-0.002, 12),
    ]);
  });

  it("walks a book further that has thinned as prices went away from the record", () => {
    const kernel = new BlockBookKernel({ refillSeconds: 30, depthAt: () => FLAT, thinning: 2 });
    kernel.add({ at: 0, recorded: 0, changed: -1e7, slope: 1 });
    // 0.1 away when the flow came: from then on volumes count e^0.2 times.
    expect(kernel.delta(0)).toBeCloseTo(-0.1 * Math.exp(0.2), 12);
    expect(kernel.delta(seconds(30))).toBeCloseTo((-0.1 * Math.exp(0.2)) / Math.E, 12);
  });
});
