// Reading a request's body: JSON only, plain only, up to the cap, every refusal before anything is spent.

import { parseStrictJson } from '../lib/json.ts';
import { readBounded } from '../lib/bounded-read.ts';
import { Problem } from '../lib/problem.ts';
import type { AppContext } from './context.ts';

const JSON_TYPE = 'application/json';
/** What our patches are (RFC 7396), by its own name. */
const PATCH_TYPE = 'application/merge-patch+json';

/** The bytes as they came. */
export async function readBytes(c: AppContext): Promise<Uint8Array> {
  const encoding = c.req.header('content-encoding')?.toLowerCase() ?? 'identity';
  if (encoding !== 'identity') {
    throw new Problem(
      'unsupported_media_type',
      `Content-Encoding ${encoding.slice(0, 40)} is not read; send plain JSON.`,
    );
  }
  const type = c.req.header('content-type')?.split(';')[0]?.trim().toLowerCase() ?? '';
  if (type !== '' && type !== JSON_TYPE && !(type === PATCH_TYPE && c.req.method === 'PATCH')) {
    throw new Problem('unsupported_media_type', `Send the body as Content-Type: ${JSON_TYPE}.`);
  }
  const { maxBodyBytes } = c.get('deps').settings;
  const body = await readBounded(c.req.raw, maxBodyBytes);
  if (!body.ok) {
    throw body.reason === 'too_large'
      ? new Problem(
          'body_too_large',
          `The body is over the limit of ${maxBodyBytes} bytes. Pass media as https URLs.`,
        )
      : new Problem('malformed_body', 'The body was cut short.');
  }
  return body.bytes;
}

/** The body of one of our own calls as a value; zod judges it. Throws 400 for what is no JSON. */
export function parseJson(bytes: Uint8Array): unknown {
  const parsed = parseStrictJson(bytes);
  if (!parsed.ok) {
    throw new Problem('malformed_body', parsed.detail);
  }
  return parsed.value;
}
