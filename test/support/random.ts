// Thousands of random operations out of one seed: small, fast, and the same on every run.

export type Random = {
  /** A whole number from min to max, both included. */
  int: (min: number, max: number) => number;
  pick: <T>(items: readonly T[]) => T;
  chance: (share: number) => boolean;
};

/** Mulberry32: 32 bits of state, which is plenty for choosing test cases. */
export function randomOf(seed: number): Random {
  let state = seed | 0;
  const next = (): number => {
    state = (state + 0x6d2b79f5) | 0;
    let mixed = Math.imul(state ^ (state >>> 15), 1 | state);
    mixed = (mixed + Math.imul(mixed ^ (mixed >>> 7), 61 | mixed)) ^ mixed;
    return (mixed ^ (mixed >>> 14)) >>> 0;
  };
  const fraction = () => (next() * 0x200000 + (next() >>> 11)) / 2 ** 53;
  const int = (min: number, max: number) => min + Math.floor(fraction() * (max - min + 1));
  return {
    int,
    pick(items) {
      const item = items[int(0, items.length - 1)];
      if (item === undefined) {
        throw new Error('nothing to pick from');
      }
      return item;
    },
    chance: (share) => fraction() < share,
  };
}
