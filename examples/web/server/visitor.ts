// Who is asking. Your own sign-in stands here; the example knows its visitors by a random cookie alone, so that everybody
// is somebody.

const DAY_SECONDS = 86_400;

/** The visitor of this browser, and the header that makes it known if it is new. */
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
