// Turns the Worker's Env into Settings, once per isolate, and reports every mistake at once.
// What a mistake closes stays closed: there is no default for a secret.

import * as z from 'zod/mini';
import { IN_ENGLISH } from './lib/english.ts';
import type { Micros } from './lib/money.ts';
import { usdAmount } from './lib/money-schema.ts';
import { refuse } from './lib/refuse.ts';

export type AdminToken = { name: string; token: string };

export type Settings = {
  /** Origin of the RunComfy Model API; the operator's token goes nowhere else. */
  runcomfyOrigin: string;
  /** The token of account `acct_env`, or null when that account cannot be used. */
  runcomfyToken: string | null;
  /** Empty: /admin is closed. */
  adminTokens: AdminToken[];
  /** Origin that answers name in their URLs, or null for the origin of the request. */
  publicUrl: string | null;
  maxBodyBytes: number;
  /** Jobs that one run of the cron takes on; 8 fit the 50 D1 queries and subrequests of the free plan. */
  cronJobs: number;
  /** An `unconfirmed` job is given up as lost after so long. */
  unconfirmedLostMs: number;
  /** So many submits in a row of which nobody knows the outcome stop further ones. */
  unknownOutcomes: number;
  /** A poll within so long of the last answer for its job is answered from memory; 0: never. */
  pollMaxAgeMs: number;
  /** Origin of RunComfy's account API, which tells the balance; the operator's token goes there too. */
  runcomfyAccountOrigin: string;
  /** A RunComfy balance below this is warned about. */
  balanceWarningMicros: Micros;
};

export type SettingsReading = { settings: Settings; mistakes: string[]; usable: boolean };

const SECOND_MS = 1000;
const HOUR_MS = 3_600_000;
const POLL_MAX_AGE = 'must be a whole number from 0 to 1000';
const MIN_ADMIN_TOKEN_LENGTH = 32;
const MIN_RUNCOMFY_TOKEN_LENGTH = 16;

/** https, or http on the loopback for the simulator: a token never travels in the clear. */
const origin = z.pipe(
  z.url(),
  z.transform((text, context) => {
    const url = new URL(text);
    const isLoopback = ['127.0.0.1', 'localhost', '[::1]'].includes(url.hostname);
    if (url.protocol !== 'https:' && !(url.protocol === 'http:' && isLoopback)) {
      return refuse(context, 'must be https (http only on the loopback)');
    }
    return url.origin;
  }),
);

const numberOf = (fallback: number) =>
  z._default(
    z.coerce
      .number('must be a positive whole number')
      .check(z.int('must be a positive whole number'), z.positive('must be a positive whole number')),
    fallback,
  );

const vars = z.object({
  RUNCOMFY_BASE_URL: origin,
  PUBLIC_URL: z.optional(origin),
  MAX_BODY_BYTES: numberOf(16 * 1024 * 1024),
  CRON_JOBS: numberOf(8),
  UNCONFIRMED_HOURS: numberOf(24),
  UNKNOWN_OUTCOMES: numberOf(5),
  POLL_MAX_AGE_MS: z._default(
    z.coerce
      .number(POLL_MAX_AGE)
      .check(z.int(POLL_MAX_AGE), z.minimum(0, POLL_MAX_AGE), z.maximum(SECOND_MS, POLL_MAX_AGE)),
    SECOND_MS,
  ),
  RUNCOMFY_ACCOUNT_URL: origin,
  BALANCE_WARNING_USD: z.pipe(z._default(z.coerce.number('must be a number of dollars'), 10), usdAmount()),
});

const adminTokens = z.pipe(
  z.string('is not set').check(z.minLength(1, 'is empty')),
  z.transform((text, context) => {
    const pairs = text.split(',').map((pair) => /^\s*([^:\s]+):([^\s]+)\s*$/.exec(pair));
    const tokens: AdminToken[] = [];
    for (const [, name, token] of pairs.map((pair) => pair ?? [])) {
      if (name === undefined || token === undefined || !/^[\w-]+$/.test(token)) {
        return refuse(context, 'must be name:token,name:token with base64url tokens');
      }
      if (token.length < MIN_ADMIN_TOKEN_LENGTH) {
        return refuse(context, `the token of ${name} is shorter than ${MIN_ADMIN_TOKEN_LENGTH} characters`);
      }
      tokens.push({ name, token });
    }
    return tokens;
  }),
);

const runcomfyToken = z
  .string('is not set')
  .check(
    z.regex(/^[\x21-\x7e]+$/, 'must be printable ASCII without spaces'),
    z.minLength(MIN_RUNCOMFY_TOKEN_LENGTH, `is shorter than ${MIN_RUNCOMFY_TOKEN_LENGTH} characters`),
  );

/** What stands in for wrong settings; nothing is served with it. */
const UNUSABLE = vars.parse({
  RUNCOMFY_BASE_URL: 'https://unconfigured.invalid',
  RUNCOMFY_ACCOUNT_URL: 'https://unconfigured.invalid',
});

/** Reads all settings. `usable` is false when the plain variables are wrong: then everything answers 503. */
export function readSettings(env: Record<string, unknown>): SettingsReading {
  const plain = vars.safeParse(env, IN_ENGLISH);
  const admins = adminTokens.safeParse(env['ADMIN_TOKENS'], IN_ENGLISH);
  const token = runcomfyToken.safeParse(env['RUNCOMFY_TOKEN'], IN_ENGLISH);
  const mistakes = [
    ...(plain.success ? [] : plain.error.issues.map((issue) => `${issue.path.join('.')}: ${issue.message}`)),
    ...(admins.success ? [] : admins.error.issues.map((issue) => `ADMIN_TOKENS: ${issue.message}`)),
    ...(token.success ? [] : token.error.issues.map((issue) => `RUNCOMFY_TOKEN: ${issue.message}`)),
  ];
  const values = plain.success ? plain.data : UNUSABLE;
  return {
    mistakes,
    usable: plain.success,
    settings: {
      runcomfyOrigin: values.RUNCOMFY_BASE_URL,
      runcomfyToken: token.success ? token.data : null,
      adminTokens: admins.success ? admins.data : [],
      publicUrl: values.PUBLIC_URL ?? null,
      maxBodyBytes: values.MAX_BODY_BYTES,
      cronJobs: values.CRON_JOBS,
      unconfirmedLostMs: values.UNCONFIRMED_HOURS * HOUR_MS,
      unknownOutcomes: values.UNKNOWN_OUTCOMES,
      pollMaxAgeMs: values.POLL_MAX_AGE_MS,
      runcomfyAccountOrigin: values.RUNCOMFY_ACCOUNT_URL,
      balanceWarningMicros: values.BALANCE_WARNING_USD,
    },
  };
}
