// What RunComfy says in words of its own, before a customer reads it. About an input it may say what it likes; about the
// operator's account, their money, token and address, it speaks to the operator alone (G10).

import { mapTexts } from '../../lib/map-texts.ts';

/** Stands where something was that is not for the customer. */
export const REMOVED = '[removed]';

/** A customer's own words, echoed: whatever they speak of, it is not the operator's account. */
const ECHOES = new Set(['input', 'inputs', 'prompt']);

/** "Tokens" are what a prompt has too many of, and a "token limit" is a model's; a token is the operator's. */
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
    // RunComfy's codes of no balance, a bad token, and a job of somebody else.
    String.raw`(?<!\d)(?:40000[24]|403001)(?!\d)`,
  ].join('|')})(?![a-z])`,
);

/** Tells whether words of RunComfy's, or any in a JSON value, are about the operator's account. Linear in their length. */
export function isAboutAccount(said: unknown): boolean {
  if (typeof said === 'string' || typeof said === 'number') {
    // UserAccountError is three words.
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
 * An address is matched from its first character on, so that each character is looked at a fixed number of times. In a
 * URL the sign is escaped, and names may have letters of any language. The pattern stands inside the function because its
 * tables take milliseconds of a cold start.
 */
export function withoutAddresses(text: string): string {
  const address =
    /(?<![\p{L}\p{M}\p{N}_.%+-])[\p{L}\p{M}\p{N}_.%+-]+(?:@|%40)[\p{L}\p{M}\p{N}_-]+(?:\.[\p{L}\p{M}\p{N}_-]+)+/gu;
  return text.replaceAll(address, REMOVED);
}

/** An answer without the token that it was asked for with, should it repeat it. */
export function withoutToken(said: unknown, token: string): unknown {
  return mapTexts(said, { text: (text) => text.replaceAll(token, REMOVED) });
}
