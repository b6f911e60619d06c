// Filters RunComfy's messages before a customer reads them. Messages about an input pass; messages about the operator's
// account, money, token or address are for the operator only (G10).

import { mapTexts } from '../../lib/map-texts.ts';

/** Replaces text that is not for the customer. */
export const REMOVED = '[removed]';

/** Members that echo the customer's own words, which are never about the operator's account. */
const ECHOES = new Set(['input', 'inputs', 'prompt']);

/** A "token" is the operator's, but "tokens" belong to a prompt and a "token limit" to a model. */
const ACCOUNT = new RegExp(
  `(?<![a-z])(?:${[
    'accounts?',
    'balances?',
    'bill(?:s|ed|ing)?',
    'unpaid',
    'overdue',
    'recharg(?:e|ed|ing)',
    'credits?',
    'credentials?',
    'funds',
    'wallets?',
    'invoices?',
    'payments?',
    'subscriptions?',
    'quotas?',
    'authentication',
    'insufficient[ _-]?resources',
    'top[ _-]?ups?',
    'api[ _-]?keys?',
    '(?:api|access|auth|bearer)[ _-]?tokens?',
    'token(?![ _-](?:limit|count|length))',
    // RunComfy's codes for no balance, a bad token, and another account's job.
    String.raw`(?<!\d)(?:40000[24]|403001)(?!\d)`,
  ].join('|')})(?![a-z])`,
);

/** True if a text of RunComfy, or any text in a JSON value, is about the operator's account. Takes linear time. */
export function isAboutAccount(said: unknown): boolean {
  if (typeof said === 'string' || typeof said === 'number') {
    // UserAccountError has three words.
    const words = String(said).replaceAll(/([a-z])(?=[A-Z])/g, '$1 ');
    return ACCOUNT.test(words.toLowerCase());
  }
  if (Array.isArray(said)) {
    return said.some(isAboutAccount);
  }
  return (
    typeof said === 'object' &&
    said !== null &&
    Object.entries(said).some(
      ([name, member]) => !ECHOES.has(name) && (isAboutAccount(name) || isAboutAccount(member)),
    )
  );
}

/**
 * The pattern matches an e-mail address from its first character on, so it takes linear time. In a URL the @ is escaped,
 * and names may have letters of any language. The pattern is inside the function because compiling it takes milliseconds
 * of a cold start.
 */
export function withoutAddresses(text: string): string {
  const address =
    /(?<![\p{L}\p{M}\p{N}_.%+-])[\p{L}\p{M}\p{N}_.%+-]+(?:@|%40)[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+/gu;
  return text.replaceAll(address, REMOVED);
}

/** The answer without the token of the call, in case RunComfy repeats it. */
export function withoutToken(said: unknown, token: string): unknown {
  return mapTexts(said, { text: (text) => text.replaceAll(token, REMOVED) });
}
