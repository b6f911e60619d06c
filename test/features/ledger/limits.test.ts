// Limits as they are stored, where an unknown one is never read as no limit, and as docs/admin.md lists them.

import { expect, test } from 'vitest';
import { apiName, isLimits, LIMIT_NAMES, LIMITS } from '../../../src/features/ledger/limits.ts';

const docs = import.meta.glob('../../../docs/admin.md', { query: '?raw', import: 'default', eager: true });

test.for([{}, { requests_per_minute: 0 }, { spend_total: 5_000_000, max_concurrent: 2 }])(
  '%j are limits',
  (stored) => {
    expect(isLimits(stored)).toBe(true);
  },
);

test.for([
  null,
  [1],
  'spend_total',
  { spend_total_usd: 5 },
  { spend_total: null },
  { spend_total: '5' },
  { spend_total: 0.5 },
  { requests_per_minute: 3, requests_per_hour: 3 },
])('%j are none', (stored) => {
  expect(isLimits(stored)).toBe(false);
});

test('docs/admin.md lists each limit with its window', () => {
  const [text = ''] = Object.values(docs);
  const rows = [...text.matchAll(/^\| `(\w+)` \| .* \| (minute|day|week|month|total|now) \|$/gm)];
  expect(rows.map(([, name, window]) => [name, window])).toEqual(
    LIMIT_NAMES.map((name) => [apiName(name), LIMITS[name].window]),
  );
});
