// RunComfy's token, from the environment or from a prompt. Without it a gateway starts but accepts no jobs.

import { readSettings } from '../../src/env.ts';
import { Mistake, step } from '../terminal.ts';
import { askHidden, isTerminal } from './ask.ts';
import { fromEnvironment, type Secrets } from './secrets.ts';

const TIMEOUT_MS = 10_000;

/** `unknown`: no answer, or an unexpected one. */
type Verdict = 'good' | 'refused' | 'unknown';

/** Asks RunComfy for the balance, which costs nothing. */
async function tryToken(accountUrl: string, token: string): Promise<Verdict> {
  try {
    const response = await fetch(`${accountUrl}/prod/v2/balance`, {
      headers: { Authorization: `Bearer ${token}` },
      redirect: 'error',
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    const body = Object(await response.json());
    if (response.status === 401 || body.error_code === 400_004) {
      return 'refused';
    }
    return response.ok && typeof body.balance_usd === 'number' ? 'good' : 'unknown';
  } catch {
    return 'unknown';
  }
}

/** The token as a secret to upload; empty if the Worker has one or there is none. */
export async function findRunComfyToken(present: string[], vars: Record<string, string>): Promise<Secrets> {
  const given = fromEnvironment('RUNCOMFY_TOKEN');
  const token = given ?? (present.includes('RUNCOMFY_TOKEN') ? '' : await typed());
  if (token === '') {
    const why = present.includes('RUNCOMFY_TOKEN')
      ? 'token unchanged'
      : 'no token yet: submits are refused until there is one';
    step(`RunComfy    ${why}`);
    return {};
  }
  refuseMalformed(token, vars);
  const verdict = await tryToken(vars['RUNCOMFY_ACCOUNT_URL'] ?? '', token);
  if (verdict === 'refused') {
    throw new Mistake('RunComfy refuses this token. Copy it again from your profile at RunComfy.');
  }
  step(`RunComfy    ${verdict === 'good' ? 'accepts the token' : 'did not confirm the token'}`);
  return { RUNCOMFY_TOKEN: token };
}

function typed(): Promise<string> | string {
  return isTerminal()
    ? askHidden("            RunComfy's token (hidden; press Enter to set it later): ")
    : '';
}

function refuseMalformed(token: string, vars: Record<string, string>): void {
  const mistake = readSettings({ ...vars, RUNCOMFY_TOKEN: token }).mistakes.find((one) =>
    one.startsWith('RUNCOMFY_TOKEN'),
  );
  if (mistake !== undefined) {
    throw new Mistake(`This is not a RunComfy token (${mistake}).`);
  }
}
