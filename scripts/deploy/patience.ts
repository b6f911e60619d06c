// Repeats work until it succeeds: D1 needs a moment after a restore or an export.

const PAUSES_MS = [500, 1_000, 2_000, 4_000];

/** Throws the error of the last try if no try succeeds. */
export async function patiently<T>(work: () => Promise<T>): Promise<T> {
  for (const pauseMs of PAUSES_MS) {
    try {
      return await work();
    } catch {
      await new Promise((resolve) => setTimeout(resolve, pauseMs));
    }
  }
  return work();
}
