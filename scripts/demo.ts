// The demo customer and its key, created once through the gateway's own API, and one demo job. A job at the real RunComfy
// costs money, so the script shows the price first.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { must, text, type Gateway } from './call.ts';
import { Mistake, step } from './terminal.ts';

export type Demo = { customer: string; key: string };

const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';
const PROMPT = 'A paper boat crosses a flooded street at dusk, slow tracking shot.';
const LIMITS = { requests_per_minute: 60, max_concurrent: 10 };
/** The pause between polls and their number. At the real RunComfy a video takes minutes. */
const PATIENCE = { simulated: { pollMs: 500, polls: 120 }, real: { pollMs: 5_000, polls: 240 } };

/** The demo customer and its key, from the last start if the key still works. */
export async function demoCustomer(
  gateway: Gateway,
  adminToken: string,
  { state, isReal }: { state: string; isReal: boolean },
): Promise<Demo> {
  const file = join(state, 'demo.json');
  const kept = readKept(file);
  if (kept !== null && (await gateway('/v1/models', { token: kept.key })).status === 200) {
    return kept;
  }
  const create = (path: string, body: unknown) =>
    must(201, gateway(path, { method: 'POST', token: adminToken, body }));
  const customer = text(await create('/admin/customers', { name: 'Demo' }), 'id');
  const limits = { ...LIMITS, ...(isReal ? { spend_per_day_usd: 5 } : {}) };
  const key = text(await create(`/admin/customers/${customer}/keys`, { name: 'demo', limits }), 'key');
  writeFileSync(file, `${JSON.stringify({ customer, key })}\n`, { mode: 0o600 });
  return { customer, key };
}

/** The code of a link that signs in to the console once. */
export async function signInLink(gateway: Gateway, adminToken: string): Promise<string> {
  const asked = { method: 'POST', token: adminToken, body: { token: adminToken } };
  return text(await must(201, gateway('/session/links', asked)), 'code');
}

function readKept(file: string): Demo | null {
  try {
    const kept: unknown = existsSync(file) ? JSON.parse(readFileSync(file, 'utf8')) : null;
    const body = Object(kept);
    return { customer: text(body, 'customer'), key: text(body, 'key') };
  } catch {
    return null;
  }
}

export type Played = { key: string; isReal: boolean };

/** Submits a job and follows it to its result, as a customer would; returns its id. */
export async function playOneJob(gateway: Gateway, { key, isReal }: Played): Promise<string> {
  if (isReal) {
    await sayPrice(gateway, key);
  }
  const { pollMs, polls } = isReal ? PATIENCE.real : PATIENCE.simulated;
  const submitted = await must(
    200,
    gateway(`/v1/models/${MODEL}`, { method: 'POST', token: key, body: { prompt: PROMPT } }),
  );
  const id = text(submitted, 'request_id');
  step(`submitted   ${id}`);
  let shown = '';
  for (let poll = 0; poll < polls; poll += 1) {
    const status = await must(200, gateway(`/v1/requests/${id}/status`, { token: key }));
    const position = status['queue_position'];
    const line = `${text(status, 'status')}${typeof position === 'number' ? `, position ${position}` : ''}`;
    if (line !== shown) {
      step(`status      ${line}`);
      shown = line;
    }
    if (status['status'] === 'completed') {
      const result = await must(200, gateway(`/v1/requests/${id}/result`, { token: key }));
      step(`result      ${text(result, 'status')}`);
      step(`output      ${Object.values(Object(result['output'])).flat().join(' ')}`);
      return id;
    }
    await new Promise((resolve) => setTimeout(resolve, pollMs));
  }
  throw new Mistake(
    `The job ${id} has not ended${isReal ? ' yet. Poll it' : '. The settings of the simulator may hold it back'}.`,
  );
}

async function sayPrice(gateway: Gateway, key: string): Promise<void> {
  const quote = await must(
    200,
    gateway(`/v1/estimate/${MODEL}`, { method: 'POST', token: key, body: { prompt: PROMPT } }),
  );
  const dollars = ['amount_usd', 'max_usd']
    .map((name) => quote[name])
    .find((value) => typeof value === 'number');
  const price = dollars === undefined ? 'unknown' : `at most ${dollars} USD`;
  step(`price       ${price} by the gateway's list; your RunComfy account pays for this job`);
}
