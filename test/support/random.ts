// Chance out of one seed: small, fast, and the same on every run, so that a failure can be played again.

import { vi } from 'vitest';

export type Random = {
  /** At least 0 and below 1. */
  next: () => number;
  /** A whole number from 0 on, below the limit. */
  below: (limit: number) => number;
  /** A whole number from min to max, both included. */
  int: (min: number, max: number) => number;
  pick: <T>(from: readonly T[]) => T;
  chance: (share: number) => boolean;
};

/** Mulberry32: 32 bits of state, which is plenty for choosing test cases. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  const bits = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const next = () => (bits() * 0x200000 + (bits() >>> 11)) / 2 ** 53;
  const below = (limit: number) => Math.floor(next() * limit);
  return {
    next,
    below,
    int: (min, max) => min + below(max - min + 1),
    pick(from) {
      const item = from[below(from.length)];
      if (item === undefined) {
        throw new Error('nothing to pick from');
      }
      return item;
    },
    chance: (share) => next() < share,
  };
}

/** Ids made while `run` runs hang on the seed as well: what is due at the same instant is taken in their order. */
export async function withSeededIds<T>(seed: number, run: () => Promise<T>): Promise<T> {
  const { below } = randomOf(~seed);
  const fill = vi.spyOn(crypto, 'getRandomValues').mockImplementation((array) => {
    new Uint8Array(array.buffer).forEach((_byte, index, bytes) => {
      bytes[index] = below(256);
    });
    return array;
  });
  try {
    return await run();
  } finally {
    fill.mockRestore();
  }
}
