// GET /files/{secret}/{name}: a file for anyone who has its URL. Its content is untrusted, so headers keep browsers from
// running it or guessing its type.

import { serveFile, type Served } from '../../features/files/serve.ts';
import { fileAnswer, route } from '../../http/route.ts';

const SECOND_MS = 1000;
/** Caches can show a deleted file for this long. */
const MAX_AGE_SECONDS = 3600;

export const fileRoutes = {
  getFile: route({
    method: 'GET',
    path: '/files/{secret}/{name}',
    door: 'open',
    // RunComfy and others can add parameters to a URL.
    wire: 'runcomfy',
    file: true,
    summary: 'Get an uploaded file, or a range of it.',
    status: [200, 206, 304],
    refusals: ['files_off', 'not_found', 'range_not_satisfiable'],
    async run({ runtime, params, request }) {
      const served = await serveFile(runtime, { ...params, ...request.fileAsk() });
      return fileAnswer(served.body, { ...headsOf(served) });
    },
  }),
};

function headsOf({ file, etag, part, isKnown, atMs }: Served) {
  const ageSeconds = Math.min(MAX_AGE_SECONDS, Math.floor((file.expiresAtMs - atMs) / SECOND_MS));
  const shared = {
    ETag: etag,
    'Cache-Control': `private, max-age=${ageSeconds}`,
    'X-Content-Type-Options': 'nosniff',
    'Content-Security-Policy': "sandbox; default-src 'none'",
    // Lets cross-origin isolated pages show it too.
    'Cross-Origin-Resource-Policy': 'cross-origin',
    'Referrer-Policy': 'no-referrer',
  };
  if (isKnown) {
    return { status: 304 as const, headers: shared };
  }
  const headers = { ...shared, 'Content-Type': file.contentType, 'Accept-Ranges': 'bytes' };
  if (part === 'whole') {
    return { status: 200 as const, headers: { ...headers, 'Content-Length': String(file.bytes) } };
  }
  const last = part.offset + part.length - 1;
  return {
    status: 206 as const,
    headers: {
      ...headers,
      'Content-Length': String(part.length),
      'Content-Range': `bytes ${part.offset}-${last}/${file.bytes}`,
    },
  };
}
