// A simulated RunComfy with a clock of the test's own, and short ways to call it.
import { z } from 'zod';
import { createRunComfy } from '../../simulator/runcomfy.ts';

export const TEXT_TO_VIDEO = 'bytedance/dreamina-3-0/pro/text-to-video';

const Body = z.record(z.string(), z.unknown());
export type Answer = { status: number; headers: Headers; body: Record<string, unknown> };

export function simulated() {
  const clock = { ms: Date.parse('2026-11-01T00:00:00Z') };
  const delays: number[] = [];
  const runComfy = createRunComfy({
    now: () => clock.ms,
    delay: async (ms) => {
      delays.push(ms);
    },
  });
  async function raw(path: string, init: RequestInit = {}): Promise<Response> {
    const headers = new Headers(init.headers);
    headers.set('Authorization', headers.get('Authorization') ?? 'Bearer rc-test-token-0123456789');
    return runComfy.fetch(new Request(`https://runcomfy.test${path}`, { ...init, headers }));
  }
  async function call(path: string, init: RequestInit = {}): Promise<Answer> {
    const response = await raw(path, init);
    const { status, headers } = response;
    return { status, headers, body: Body.parse(await response.json()) };
  }
  function post(path: string, body: unknown = {}): Promise<Answer> {
    return call(path, { method: 'POST', body: JSON.stringify(body) });
  }
  function submit(prompt = 'a cat'): Promise<Answer> {
    return post(`/v1/models/${TEXT_TO_VIDEO}`, { prompt });
  }
  async function job(prompt = 'a cat'): Promise<string> {
    const { body } = await submit(prompt);
    return z.string().parse(body['request_id']);
  }
  return { runComfy, clock, delays, raw, call, post, submit, job };
}
