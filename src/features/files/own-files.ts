// The files of this gateway that a payload names. D1 has the facts of a customer's own files, without a fetch; a file of another
// customer passes for unknown.

import type { Facts } from '../media/facts.ts';
import type { MediaInput } from '../media/media-inputs.ts';
import type { CustomerId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { factsFor, secretIn } from './file.ts';
import { readBySecret } from './store.ts';

/** The same facts for a foreign, a missing and an expired file. */
const UNKNOWN_FILE: Facts = {
  kind: 'refused',
  reason: 'there is no such file of yours: it was deleted, has expired, or never was',
};

/**
 * The facts of the `media` that this gateway stores. Any token of a customer may name any of the customer's files, because
 * everyone who has the URL may read the file.
 */
export async function findOwnFiles(
  { db, clock }: Runtime,
  customerId: CustomerId,
  { media, origins }: { media: MediaInput[]; origins: string[] },
): Promise<Map<MediaInput, Facts>> {
  const named = media.flatMap((one) => {
    const secret = secretIn(one.url, origins);
    return secret === null ? [] : [{ one, secret }];
  });
  if (named.length === 0) {
    return new Map();
  }
  const secrets = [...new Set(named.map(({ secret }) => secret))];
  const files = await readBySecret(db, { secrets, customerId, nowMs: clock.now() });
  const bySecret = new Map(files.map((file) => [file.secret, file]));
  return new Map(
    named.map(({ one, secret }) => {
      const file = bySecret.get(secret);
      return [one, file === undefined ? UNKNOWN_FILE : factsFor(file, one.kind)];
    }),
  );
}
