// The files of this gateway that a payload names. What is known of a customer's own is told without a fetch; of anybody
// else's nothing is told.

import type { Facts } from '../media/facts.ts';
import type { MediaInput } from '../media/media-inputs.ts';
import type { CustomerId } from '../../lib/ids.ts';
import type { Runtime } from '../../runtime.ts';
import { factsFor, secretIn } from './file.ts';
import { readBySecret } from './store.ts';

/** Foreign, missing and expired alike. */
const UNKNOWN_FILE: Facts = {
  kind: 'refused',
  reason: 'there is no such file of yours: it was deleted, has expired, or never was',
};

/**
 * What is known of each of `media` that lies here; asks D1 only where there is one. Any token of the customer may name
 * any file of the customer: whoever has the URL has the file.
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
