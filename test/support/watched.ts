// An isolate of which everything is noted that the verdict has to know: what each submit asked of the gate, whether its
// POST began, what RunComfy said, which entries KV took.

import { fragileIsolate, type Fragile, type Gatekeeper } from './fragile.ts';
import type { OutsideCall } from './stores.ts';
import type { Story, Submit, Try } from './verdict.ts';
import type { World } from './world.ts';

type Order = { model: string; token: string; headers: Record<string, string> };

export type Watched = Fragile & {
  /** One submit at a time; its answer, or null from a dead isolate, which nobody hears. */
  send: (submit: Submit, order: Order) => Promise<Try['answer']>;
  /** Its submit has not come to the gate yet. */
  isPricing: () => boolean;
};

const DEFINITE = (status: number) => status >= 400 && status < 500 && ![408, 409, 425, 499].includes(status);

export function watchedIsolate(
  world: World,
  { story, ask, done, settings }: { story: Story; settings?: object } & Pick<Gatekeeper, 'ask' | 'done'>,
): Watched {
  let current: Try | null = null;
  const isolate = fragileIsolate(
    world,
    {
      ask(call) {
        see(current, call);
        return ask(call);
      },
      done(call, tookEffect) {
        done?.(call, tookEffect);
        noteEntry(story, call, tookEffect);
      },
      read(call, { status, body }) {
        const asked = /^GET \/v1\/requests\/([^/]+)\/result$/.exec(call.text)?.[1];
        if (asked !== undefined && body.includes('"status":"succeeded"')) {
          story.readSucceeded.add(asked);
        }
        if (current !== null && isPost(call) && DEFINITE(status)) {
          current.refusals += 1;
        }
      },
    },
    settings,
  );
  return {
    ...isolate,
    isPricing: () =>
      current !== null && current.answer === null && current.gate.length === 0 && !isolate.isDead(),
    async send(submit, { model, token, headers }) {
      const one: Try = { gate: [], posts: 0, refusals: 0, answer: null, isDead: isolate.isDead };
      current = one;
      submit.tries.push(one);
      const body = { prompt: submit.prompt };
      const reply = await isolate.call(`/v1/models/${model}`, { method: 'POST', token, body, headers });
      if (!isolate.isDead()) {
        const { request_id: id, code } = reply.body;
        one.answer = { status: reply.status, id: id ?? null, code: code ?? null };
      }
      return one.answer;
    },
  };
}

function isPost({ what, text }: OutsideCall): boolean {
  return what === 'upstream' && text.startsWith('POST /v1/models/');
}

function see(current: Try | null, call: OutsideCall): void {
  if (current !== null && call.what === 'D1' && call.text.includes('INSERT INTO jobs')) {
    current.gate = call.values;
  }
  if (current !== null && isPost(call)) {
    current.posts += 1;
  }
}

function noteEntry({ copied, marked }: Story, { what, text }: OutsideCall, tookEffect: boolean): void {
  const [kind = '', id = ''] = text.split(':');
  if (what !== 'KV put') {
    return;
  }
  if (kind === 'job' && tookEffect) {
    copied.add(id);
  }
  if (kind === 'end') {
    marked.set(id, tookEffect || marked.get(id) === true);
  }
}
