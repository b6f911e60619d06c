// Options of the commands that work on a gateway at Cloudflare.

import { Mistake } from '../terminal.ts';

/** The options that choose the gateway: `--env staging` is a separate gateway, `--name` replaces the name in wrangler.toml. */
export const PLACE_OPTIONS = { env: { type: 'string' }, name: { type: 'string' } } as const;

export type PlaceOptions = { env?: string | undefined; name?: string | undefined };

/** Returns the result of `read`. If `read` throws, the error ends with the usage. */
export function withUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** The value of an option that accepts only these words. */
export function oneOf<const W extends string>(name: string, word: string, words: readonly W[]): W {
  const found = words.find((known) => known === word);
  if (found === undefined) {
    throw new Mistake(`${name} must be one of ${words.join(', ')}, not ${JSON.stringify(word)}.`);
  }
  return found;
}
