// Instants as people write them: which are read, and which are no instant at all.

import { expect, test } from 'vitest';
import { instant, parseInstant } from '../../src/http/instant.ts';

test.for([
  ['2026-01-31', '2026-01-31T00:00:00.000Z'],
  ['2026-01-31T12:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00Z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31t12:00:00z', '2026-01-31T12:00:00.000Z'],
  ['2026-01-31T12:00:00.5Z', '2026-01-31T12:00:00.500Z'],
  ['2026-01-31T12:00:00+05:30', '2026-01-31T06:30:00.000Z'],
  ['2026-01-31T12:00:00 05:30', '2026-01-31T06:30:00.000Z'],
  ['2026-01-31T12:00-05:30', '2026-01-31T17:30:00.000Z'],
  ['2026-01-01T00:00:00+23:59', '2025-12-31T00:01:00.000Z'],
  ['2024-02-29T23:59:59-00:00', '2024-02-29T23:59:59.000Z'],
  ['2000-02-29', '2000-02-29T00:00:00.000Z'],
] as const)('%s is %s', ([text, iso]) => {
  expect(new Date(parseInstant(text)!).toISOString()).toBe(iso);
});

test.for([
  '',
  '2026-01',
  '20260131',
  '2026-01-31Z',
  '2026-01-31T12Z',
  '2026-01-31T12:00:00',
  '2026-01-31T12:00',
  '2026-01-31 12:00:00Z',
  '2026-01-31T12:00:00.Z',
  '2026-01-31T24:00:00Z',
  '2026-01-31T12:60:00Z',
  '2026-01-31T12:00:60Z',
  '2026-01-31T12:00:00+24:00',
  '2026-01-31T12:00:00+0100',
  '2026-01-31T12:00:00  01:00',
  '2026-01-31T12:00:00Z\n',
  '2026-01-31\n',
  '2026-02-29',
  '2026-02-29T12:00:00Z',
  '1900-02-29T12:00:00Z',
  '2026-04-31T12:00:00Z',
  '2026-00-10T12:00:00Z',
  '2026-13-10T12:00:00Z',
  '2026-01-00T12:00:00Z',
  '+12026-01-31T12:00:00Z',
])('%j is none', (text) => {
  expect(parseInstant(text)).toBeNull();
});

test('a text that is no instant is named, with what would do', () => {
  const parsed = instant.safeParse('yesterday');
  expect(parsed.error?.issues[0]?.message).toBe(
    '"yesterday" is no instant; send a date such as 2026-11-01 (the start of that day, UTC) or an instant such as ' +
      '2026-11-01T09:30:00Z',
  );
});
