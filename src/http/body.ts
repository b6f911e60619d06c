// Reads the body of a request: JSON only, uncompressed, up to a limit. Every refusal comes before anything is spent.

import { parseStrictJson, unreadable } from '../lib/json.ts';
import { readBounded } from '../lib/bounded-read.ts';
import { noRoom, type Held } from '../lib/bytes-in-flight.ts';
import { Problem } from '../lib/problem.ts';
import { headerOf, type RequestContext } from './context.ts';
import type { Door } from './route.ts';

const JSON_TYPE = 'application/json';
/** The media type of JSON merge patches (RFC 7396). */
const PATCH_TYPE = 'application/merge-patch+json';

/** Enough for a token or a code, escapes included. */
const STRANGERS_BYTES = 32 * 1024;

/** The bytes as received. `held` reserves memory for them until the call ends. */
export async function readBytes(context: RequestContext, door: Door, held: Held): Promise<Uint8Array> {
  const encoding = headerOf(context, 'Content-Encoding') ?? '';
  if (!/^(?:identity)?$/i.test(encoding)) {
    throw new Problem(
      'unsupported_media_type',
      `Content-Encoding ${encoding.slice(0, 40)} is not read; send plain JSON.`,
    );
  }
  const type = headerOf(context, 'Content-Type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== JSON_TYPE && !(type === PATCH_TYPE && context.method === 'PATCH')) {
    throw new Problem('unsupported_media_type', `Send the body as Content-Type: ${JSON_TYPE}.`);
  }
  const { settings } = context.gateway;
  // Callers without a key get a small limit: the memory is for paying customers.
  return readAll(context, held, door === 'open' ? STRANGERS_BYTES : settings.maxBodyBytes);
}

async function readAll(context: RequestContext, held: Held, maxBytes: number): Promise<Uint8Array> {
  const { clock } = context.gateway;
  const body = await readBounded(context.request, { maxBytes, held, clock });
  if (body.ok) {
    return body.bytes;
  }
  switch (body.reason) {
    case 'too_large':
      throw new Problem(
        'body_too_large',
        `The body is over the limit of ${maxBytes} bytes. Pass media as https URLs.`,
      );
    case 'no_room':
      throw noRoom();
    case 'stalled':
      throw new Problem('body_stalled', 'No byte of the body came for 10 seconds. Send it again.');
    case 'broken':
      throw new Problem('malformed_body', 'The body was cut short.');
  }
}

/** Parses the body of one of our own calls; zod validates it afterwards. Throws 400 if it is not JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) {
    throw unreadable(parsed);
  }
  return parsed.value;
}
