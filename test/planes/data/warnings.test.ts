// The warnings of an accepted submit: one header, for people.

import { test } from 'vitest';
import { warningHeader } from '../../../src/http/warning-header.ts';
import { browserToken } from '../../support/browser-token.ts';
import { tapUpstream } from '../../support/upstream.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO } from '../../support/world.ts';

const WARNING = 'Comfygate-Warning';

test('an input that the schema does not have is forwarded and named: a misspelt one costs money', async ({
  expect,
}) => {
  const world = createWorld();
  const sent = tapUpstream(world);
  const { token } = await world.tenant();
  const input = { ...PROMPT, aspect_ration: '1:1', größe: 3 };
  const { status, headers } = await world.submit(token, input);
  expect(status).toBe(200);
  expect(headers.get(WARNING)).toBe(
    '"no input of this model: aspect_ration", "no input of this model: gr%C3%B6%C3%9Fe"',
  );
  expect(new TextDecoder().decode(sent[0]!.body)).toBe(JSON.stringify(input));
  expect((await world.submit(token)).headers.get(WARNING)).toBeNull();
  const estimate = await world.call(`/v1/estimate/${TEXT_TO_VIDEO}`, { method: 'POST', token, body: input });
  expect(estimate.headers.get(WARNING)).toContain('aspect_ration');
});

test('mode advise forwards invalid inputs with a warning, mode off without', async ({ expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const input = { prompt: 'x'.repeat(801), aspect: 1 };
  const submit = async (validation: string) => {
    await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { validation });
    return world.submit(token, input);
  };
  expect((await submit('enforce')).status).toBe(422);
  // The simulator is as strict as RunComfy and says no itself; the warning is on an estimate too.
  const estimate = async () =>
    world.call(`/v1/estimate/${TEXT_TO_VIDEO}`, { method: 'POST', token, body: input });
  await submit('advise');
  const advised = await estimate();
  expect(advised.status).toBe(200);
  expect(advised.headers.get(WARNING)).toContain('prompt must have at most 800 characters');
  expect(advised.headers.get(WARNING)).toContain('no input of this model: aspect');
  await submit('off');
  const off = await estimate();
  expect(off.status).toBe(200);
  expect(off.headers.get(WARNING)).toBeNull();
  await world.admin('PATCH', `/admin/models/${TEXT_TO_VIDEO}`, { validation: 'enforce' });
});

test('a web page may read the warnings', async ({ expect }) => {
  const world = createWorld();
  const { token } = await browserToken(world, await world.tenant());
  const { headers } = await world.call('/v1/models', { token, headers: { Origin: 'https://page.test' } });
  expect(headers.get('Access-Control-Expose-Headers')).toContain(WARNING);
});

const texts: [warnings: string[], header: string | undefined][] = [
  [[], undefined],
  [['a'], '"a"'],
  [['say "no" \\ yes', 'b'], '"say \\"no\\" \\\\ yes", "b"'],
  [['line\r\nX-Evil: 1'], '"line%0D%0AX-Evil: 1"'],
  [['\ud800 lone'], '"%EF%BF%BD lone"'],
  [['😀'], '"%F0%9F%98%80"'],
];

test.for(texts)('%j becomes %s', ([warnings, header], { expect }) => {
  expect(warningHeader(warnings)['Comfygate-Warning']).toBe(header);
});

test('however much there is to warn about, the header stays short', ({ expect }) => {
  const value = warningHeader(Array.from({ length: 1000 }, () => '😀'.repeat(500)))['Comfygate-Warning']!;
  expect(value).toMatch(/"and 980 more"$/);
  expect(value.length).toBeLessThan(8_000);
});
