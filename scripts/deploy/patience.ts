// Work that may be done again, until it is done: D1 needs a moment after a restore or an export.

const PAUSES_MS = [500, 1_000, 2_000, 4_000];

/** The failure of the last try, where none went well. */
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
