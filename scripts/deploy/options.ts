// Options of the commands that work on a gateway at Cloudflare.

import { Mistake } from '../terminal.ts';

/** Which gateway: `--env staging` is one of its own, `--name` another Worker name than that of wrangler.toml. */
export const PLACE_OPTIONS = { env: { type: 'string' }, name: { type: 'string' } } as const;

export type PlaceOptions = { env?: string | undefined; name?: string | undefined };

/** What `read` makes of the command line; what it does not take is answered with the usage. */
export function withUsage<T>(usage: string, read: () => T): T {
  try {
    return read();
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)}\n${usage}`);
  }
}

/** The value of an option that takes one of a few words. */
export function oneOf<const W extends string>(name: string, word: string, words: readonly W[]): W {
  const found = words.find((known) => known === word);
  if (found === undefined) {
    throw new Mistake(`${name} is one of ${words.join(', ')}, not ${JSON.stringify(word)}.`);
  }
  return found;
}
