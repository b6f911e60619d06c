// The headers of a call. `few`: what the bench itself needs. `many`: ten more in, of a client and of Cloudflare's edge,
// and nine more from the upstream, as real services send them.

export type HeaderSet = 'few' | 'many';

export const CALL_HEADERS: Record<HeaderSet, Record<string, string>> = {
  few: {},
  many: {
    accept: 'application/json, text/plain, */*',
    'accept-encoding': 'gzip, br',
    'accept-language': 'en-GB,en;q=0.9,de;q=0.8',
    'user-agent': 'Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0.0.0',
    'cf-connecting-ip': '203.0.113.7',
    'cf-ipcountry': 'DE',
    'cf-ray': '9a1b2c3d4e5f6071-FRA',
    'cf-visitor': '{"scheme":"https"}',
    'x-forwarded-for': '203.0.113.7',
    'x-forwarded-proto': 'https',
  },
};

export const ANSWER_HEADERS: Record<HeaderSet, Record<string, string>> = {
  few: {},
  many: {
    'alt-svc': 'h3=":443"; ma=86400',
    'cache-control': 'no-store',
    'cf-cache-status': 'DYNAMIC',
    'cf-ray': '9a1b2c3d4e5f6072-FRA',
    server: 'cloudflare',
    'strict-transport-security': 'max-age=31536000; includeSubDomains',
    vary: 'Accept-Encoding, Origin',
    'x-content-type-options': 'nosniff',
    'x-request-id': '7d6c5b4a-0000-4000-8000-000000000000',
  },
};
