// The demo customer with a key, made once through the gateway's own API, and one job played for the reader.

import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { Mistake, step } from './terminal.ts';

/** Calls the gateway: before its port is open, and after. */
export type Gateway = (
  path: string,
  init?: { method?: string; token: string; body?: unknown },
) => Promise<Reply>;
export type Reply = { status: number; body: Record<string, unknown> };

const MODEL = 'bytedance/dreamina-3-0/pro/text-to-video';
const PROMPT = 'A paper boat crosses a flooded street at dusk, slow tracking shot.';
const POLL_MS = 500;
const MAX_POLLS = 120;

/** The demo key: the one of the last start if it still works, else a new one. */
export async function demoKey(gateway: Gateway, adminToken: string, state: string): Promise<string> {
  const file = join(state, 'demo-key');
  const kept = existsSync(file) ? readFileSync(file, 'utf8').trim() : '';
  if (kept !== '' && (await gateway('/v1/models', { token: kept })).status === 200) {
    return kept;
  }
  const customer = await must(
    gateway('/admin/customers', { method: 'POST', token: adminToken, body: { name: 'Demo' } }),
    201,
  );
  const path = `/admin/customers/${text(customer, 'id')}/keys`;
  const body = { name: 'demo', limits: { requests_per_minute: 60, max_concurrent: 10 } };
  const key = text(await must(gateway(path, { method: 'POST', token: adminToken, body }), 201), 'key');
  writeFileSync(file, `${key}\n`, { mode: 0o600 });
  return key;
}

/** Submits a job and follows it to its result, as a customer would. */
export async function playOneJob(gateway: Gateway, key: string): Promise<void> {
  const submitted = await must(
    gateway(`/v1/models/${MODEL}`, { method: 'POST', token: key, body: { prompt: PROMPT } }),
    200,
  );
  const id = text(submitted, 'request_id');
  step(`submitted   ${id}`);
  let told = '';
  for (let poll = 0; poll < MAX_POLLS; poll += 1) {
    const status = await must(gateway(`/v1/requests/${id}/status`, { token: key }), 200);
    const position = status['queue_position'];
    const line = `${text(status, 'status')}${typeof position === 'number' ? `, position ${position}` : ''}`;
    if (line !== told) {
      step(`status      ${line}`);
      told = line;
    }
    if (status['status'] === 'completed') {
      const result = await must(gateway(`/v1/requests/${id}/result`, { token: key }), 200);
      step(`result      ${text(result, 'status')}`);
      step(`output      ${JSON.stringify(result['output'])}`);
      return;
    }
    await new Promise((resolve) => setTimeout(resolve, POLL_MS));
  }
  throw new Mistake(`The demo job ${id} did not end. The simulator may be held by its settings.`);
}

async function must(call: Promise<Reply>, status: number): Promise<Record<string, unknown>> {
  const reply = await call;
  if (reply.status !== status) {
    throw new Mistake(`The gateway answered ${reply.status}: ${String(reply.body['detail'])}`);
  }
  return reply.body;
}

function text(body: Record<string, unknown>, name: string): string {
  const value = body[name];
  if (typeof value !== 'string') {
    throw new Mistake(`The gateway's answer has no ${name}.`);
  }
  return value;
}
