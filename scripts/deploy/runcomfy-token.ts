// RunComfy's token: from the environment, or asked for. A gateway starts without one and takes no jobs until it has it.

import { readSettings } from '../../src/env.ts';
import { Mistake, step } from '../terminal.ts';
import { askHidden, isTerminal } from './ask.ts';
import { fromEnvironment, type Secrets } from './secrets.ts';

const TIMEOUT_MS = 10_000;

/** `unknown`: RunComfy did not answer, or something else. */
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

/** The token as a secret to be uploaded; nothing where the Worker has one or none is given. */
export async function findRunComfyToken(present: string[], vars: Record<string, string>): Promise<Secrets> {
  const given = fromEnvironment('RUNCOMFY_TOKEN');
  const token = given ?? (present.includes('RUNCOMFY_TOKEN') ? '' : await typed());
  if (token === '') {
    const why = present.includes('RUNCOMFY_TOKEN')
      ? 'stays as it is'
      : 'none yet: submits are refused until there is one';
    step(`RunComfy    ${why}`);
    return {};
  }
  refuseMalformed(token, vars);
  const verdict = await tryToken(vars['RUNCOMFY_ACCOUNT_URL'] ?? '', token);
  if (verdict === 'refused') {
    throw new Mistake('RunComfy refuses this token. Copy it anew from your profile at RunComfy.');
  }
  step(`RunComfy    ${verdict === 'good' ? 'takes the token' : 'did not say what it thinks of the token'}`);
  return { RUNCOMFY_TOKEN: token };
}

function typed(): Promise<string> | string {
  return isTerminal() ? askHidden("            RunComfy's token (hidden; Enter: later): ") : '';
}

function refuseMalformed(token: string, vars: Record<string, string>): void {
  const mistake = readSettings({ ...vars, RUNCOMFY_TOKEN: token }).mistakes.find((one) =>
    one.startsWith('RUNCOMFY_TOKEN'),
  );
  if (mistake !== undefined) {
    throw new Mistake(`This is no token of RunComfy (${mistake}).`);
  }
}
