// Identifies the visitor. Replace this with your own sign-in: the example accepts everyone and sets a random cookie.

const DAY_SECONDS = 86_400;

/** The id of the visitor, and a Set-Cookie header for a new one. */
export function visitorOf(request: Request): { visitor: string; headers: Record<string, string> } {
  const [, known] = /(?:^|; )visitor=([0-9a-f-]{36})(?:;|$)/.exec(request.headers.get('Cookie') ?? '') ?? [];
  if (known !== undefined) {
    return { visitor: known, headers: {} };
  }
  const visitor = crypto.randomUUID();
  const cookie = `visitor=${visitor}; Path=/example; Max-Age=${DAY_SECONDS}; HttpOnly; SameSite=Strict`;
  const isSecure = request.url.startsWith('https:');
  return { visitor, headers: { 'Set-Cookie': isSecure ? `${cookie}; Secure` : cookie } };
}
