// Chance with a seed, so that a failure can be played again.

import { vi } from 'vitest';

export type Random = {
  /** At least 0 and below 1. */
  next: () => number;
  below: (limit: number) => number;
  pick: <T>(from: readonly T[]) => T;
};

/** mulberry32. */
export function random(seed: number): Random {
  let state = seed;
  const next = () => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 4_294_967_296;
  };
  const below = (limit: number) => Math.floor(next() * limit);
  return { next, below, pick: (from) => from[below(from.length)]! };
}

/** Ids made while `run` runs hang on the seed as well: what is due at the same instant is taken in their order. */
export async function withSeededIds<T>(seed: number, run: () => Promise<T>): Promise<T> {
  const { below } = random(~seed);
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
