import { useEffect, useState } from 'react';

export type Answered<T> = { answer: T | null; error: unknown };

/** The last answer of `ask`, which runs again when `on` changes. The previous answer stays until the next one. */
export function useAnswer<T>(ask: (signal: AbortSignal) => Promise<T>, on: unknown): Answered<T> {
  const [answered, setAnswered] = useState<Answered<T>>({ answer: null, error: null });
  useEffect(() => {
    const controller = new AbortController();
    const { signal } = controller;
    ask(signal).then(
      (answer) => signal.aborted || setAnswered({ answer, error: null }),
      (error: unknown) => signal.aborted || setAnswered(({ answer }) => ({ answer, error })),
    );
    return () => controller.abort();
    // `ask` is a new function at each render, but does the same.
  }, [on]);
  return answered;
}
