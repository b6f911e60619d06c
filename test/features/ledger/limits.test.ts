// Limits as they are stored: what is none of them is never read as «no such limit».

import { expect, test } from 'vitest';
import { isLimits } from '../../../src/features/ledger/limits.ts';

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
