// Stores the open run of a tab, so that it survives a reload. Without a name or a storage it stores nothing.

import type { Progress } from './run.ts';

/** A job, or a submit that may have been sent. */
export type Remembered =
  | { requestId: string }
  | ({ model: string; input: object } & Partial<Omit<Extract<Progress, { status: 'submitting' }>, 'status'>>);

export function remember(name: string | undefined, what: Remembered | null): void {
  withStorage(name, (storage, key) =>
    what === null ? storage.removeItem(key) : storage.setItem(key, JSON.stringify(what)),
  );
}

/** Ignores a submit without an end user: with the new token after a reload it would be another job. */
export function recall(name: string | undefined): Remembered | null {
  const text = withStorage(name, (storage, key) => storage.getItem(key));
  const kept = text ? JSON.parse(text) : null;
  return kept?.requestId || kept?.endUser ? kept : null;
}

function withStorage<T>(name: string | undefined, use: (storage: Storage, key: string) => T): T | null {
  try {
    return name === undefined ? null : use(sessionStorage, `comfygate:${name}`);
  } catch {
    return null;
  }
}
