// Which words of RunComfy's are the operator's alone, and what goes out of those that are not.

import { test } from 'vitest';
import { isAboutAccount, withoutAddresses, withoutToken } from '../../../src/features/runcomfy/disclosure.ts';

test.for<unknown>([
  'Insufficient balance',
  'Your account is inactive.',
  'invalid token',
  'Invalid API tokens',
  'The bearer token has expired',
  'UserAccountError',
  'InsufficientResources',
  'INSUFFICIENT_BALANCE',
  'billing_required',
  'Pay your RunComfy bill of $42.10 first.',
  'unpaid_usage',
  'Your plan is overdue',
  'Please recharge',
  'Not enough credits left',
  'quota exceeded',
  'APIKey revoked',
  'invalid authentication',
  { code: 'x', message: 'the wallet is empty' },
  { balance: 0 },
  { code: 400002 },
  { errors: [{ error_code: '400004' }] },
  '{"errors":[{"code":"x","message":"top up your account"}]}',
  ['fine', { deep: [{ text: 'no funds' }] }],
])('%j is for the operator', (said, { expect }) => {
  expect(isAboutAccount(said)).toBe(true);
});

test.for<unknown>([
  'The prompt has more than 512 tokens.',
  'max_tokens must be at most 77',
  'The token limit is 77',
  'Field required',
  'CUDA out of memory',
  'The prompt was flagged: nsfw',
  'a billboard, a gambling hall and a rechargeable lamp',
  'an imbalanced, unaccountable, accredited tokenizer',
  { code: 'nsfw', message: 'no', step: 400 },
  'The image has 4000020 pixels; seed 7140000412.',
  { seed: JSON.rawJSON('1234000025678901234') },
  { message: 'no face found', input: { prompt: 'a bank account, a token, a balance' }, prompt: 'credits' },
  null,
  undefined,
  true,
  7,
])('%j is for the customer', (said, { expect }) => {
  expect(isAboutAccount(said)).toBe(false);
});

test.for([
  ['ask ops@example.com', 'ask [removed]'],
  ['<first.last+tag@mail.example.co.uk>, again', '<[removed]>, again'],
  ['a@b.cd,c@d.ef', '[removed],[removed]'],
  ['OPS@EXAMPLE.COM!', '[removed]!'],
  ['jürgen@exämple.de', '[removed]'],
  ['https://x.test/of/ops%40example.com/a', 'https://x.test/of/[removed]/a'],
  ['100%400 px', '100%400 px'],
  ['3 @ 4, user@host, @name.x, a@.b', '3 @ 4, user@host, @name.x, a@.b'],
] as const)('%s is shown as %s', ([text, shown], { expect }) => {
  expect(withoutAddresses(text)).toBe(shown);
});

test('a token is found wherever it stands in an answer', ({ expect }) => {
  const token = 'rc-test-token-0123456789';
  const said = { [`k ${token}`]: [`a${token}b`, { deep: token, n: JSON.rawJSON('12345678901234567890') }] };
  expect(JSON.stringify(withoutToken(said, token))).toBe(
    '{"k [removed]":["a[removed]b",{"deep":"[removed]","n":12345678901234567890}]}',
  );
});

test.for(['a', '@', 'a@', 'a.', '.', 'aA', 'token limit ', 'insufficient ', '-a@b'])(
  'millions of %j are walked, not crawled',
  (unit, { expect }) => {
    const text = unit.repeat(4_000_000 / unit.length);
    expect(withoutAddresses(text).length).toBeGreaterThan(0);
    expect(isAboutAccount(text)).toBe(false);
    expect(withoutToken(text, 'rc-test-token-0123456789')).toBe(text);
  },
);
