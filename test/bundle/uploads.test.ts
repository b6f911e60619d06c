// Large uploads to the built bundle in real workerd, by clients that hang up, race and send too much.
//
// A client that hangs up ends its call at any await, where the platform runs no `finally`: what the call holds of the
// bytes in flight must be given back all the same, or two such clients would shut large bodies out for a minute.

import { afterAll, beforeAll, test } from 'vitest';
import { eventually, raise, speak, type Stage } from './support.ts';

const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';
const SUBMIT = `/v1/models/${MODEL}`;
const MIB = 1024 * 1024;

let stage: Stage;
beforeAll(async () => {
  stage = await raise();
});
afterAll(() => stage.end());

const head = (path: string, token: string, bytes: number) =>
  `POST ${path} HTTP/1.1\r\nHost: gate\r\nAuthorization: Bearer ${token}\r\n` +
  `Content-Type: application/json\r\nContent-Length: ${bytes}\r\n\r\n`;
const blanks = (bytes: number) => Array.from({ length: bytes / MIB }, () => ' '.repeat(MIB));
const INPUT = '{"prompt":"x"}';

async function statusOfLargest(token: string): Promise<string> {
  const { heard } = await speak(
    stage.url,
    [head(SUBMIT, token, 15 * MIB + INPUT.length), ...blanks(15 * MIB), INPUT],
    '}',
  );
  return heard.split(' ', 2)[1] ?? '';
}

test.for([SUBMIT, `/v1/estimate/${MODEL}`])(
  '%s: who hangs up in the middle leaves nothing behind',
  async (path, { expect }) => {
    const tenants = [await stage.tenant(), await stage.tenant(), await stage.tenant()];
    const [other, ...gone] = tenants;
    for (const { token } of gone) {
      const { sent } = await speak(stage.url, [head(path, token, 8 * MIB), ...blanks(7 * MIB)]);
      expect(sent).toBeGreaterThan(7 * MIB);
    }
    // The platform learns of it a moment later.
    const status = await eventually(
      () => statusOfLargest(other?.token ?? ''),
      (told) => told === '200',
    );
    expect(status).toBe('200');
  },
);

test('two uploads race for the last bytes: one is read, the other gets Retry-After', async ({ expect }) => {
  const racers = [await stage.tenant(), await stage.tenant()].map(({ token }) => ({
    token,
    // Its last MiB is still to come, or it has been answered.
    isNearEnd: Promise.withResolvers<void>(),
  }));
  // Neither sends its last MiB before the other one has come as far, so both are under way at once.
  async function* chunksOf({ token, isNearEnd }: (typeof racers)[number]) {
    yield head(SUBMIT, token, 15 * MIB + INPUT.length);
    yield* blanks(14 * MIB);
    isNearEnd.resolve();
    await Promise.all(racers.map((racer) => racer.isNearEnd.promise));
    yield* blanks(MIB);
    yield INPUT;
  }
  const answers = await Promise.all(
    racers.map(async (racer) => {
      const { heard } = await speak(stage.url, chunksOf(racer), '}');
      racer.isNearEnd.resolve();
      return heard;
    }),
  );
  expect(answers.map((heard) => heard.split(' ', 2)[1]).toSorted()).toEqual(['200', '503']);
  expect(answers.find((heard) => heard.includes(' 503 '))).toMatch(/^retry-after: \d+\r$/im);
});

test('a client that sends too much before it reads still gets the answer', async ({ expect }) => {
  const { token } = await stage.tenant();
  const { heard, sent } = await speak(
    stage.url,
    [head(SUBMIT, token, 24 * MIB), ...blanks(24 * MIB)],
    'body_too_large',
  );
  expect(heard).toContain('HTTP/1.1 413');
  expect(sent).toBeGreaterThan(24 * MIB);
});
