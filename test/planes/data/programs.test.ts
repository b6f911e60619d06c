// Programs that were written for RunComfy, pointed at the gateway: where RunComfy works they see what RunComfy itself
// would have shown them, and where it does not they still get what was paid for.

import { test } from 'vitest';
import type { FaultRule } from '../../../simulator/fault.ts';
import { booksOf, differences } from '../../support/books.ts';
import { OFFICIAL } from '../../support/programs/official.ts';
import { PUBLIC } from '../../support/programs/public.ts';
import { GaveUp, post, type Order, type Program, type Service } from '../../support/programs/service.ts';
import { createWorld, PROMPT, TEXT_TO_VIDEO, type World } from '../../support/world.ts';

const PROGRAMS = [...OFFICIAL, ...PUBLIC];
const ORDER: Order = { model: TEXT_TO_VIDEO, input: PROMPT };
const MINUTE = 60_000;

type Situation = {
  name: string;
  /** Before the submit. */
  prepare?: (world: World) => void;
  /** As soon as RunComfy has the job. */
  onceTaken?: (world: World) => void;
};
type Stage = { world: World; situation: Situation };

/** RunComfy itself, or the gateway in its place. */
function serviceOf(world: World, send: Service['send'], token: string): Service {
  return {
    base: world.deps.settings.runcomfyOrigin,
    token,
    send,
    async wait(ms) {
      await world.idle();
      world.clock.advance(ms);
    },
  };
}

function runComfyIn(world: World): Service {
  return serviceOf(world, (request) => world.runcomfy.fetch(request), 'rc-test-token-0123456789');
}

function gatewayIn(world: World, token: string): Service {
  const service = serviceOf(world, (request) => world.raw(request.url, request), token);
  return { ...service, base: 'https://gate.test' };
}

/** The program's outcome; URLs are shown by their last part, since hosts and ids differ from run to run. */
async function played(program: Program, service: Service, { world, situation }: Stage) {
  const { send } = service;
  const watched: Service = {
    ...service,
    async send(request) {
      const response = await send(request);
      if (request.method === 'POST') {
        situation.onceTaken?.(world);
      }
      return response;
    },
  };
  try {
    const { ending, outputs, said } = await program.run(watched, ORDER);
    return { ending, outputs: outputs.map((url) => url.split('/').at(-1)), said };
  } catch (error) {
    if (error instanceof GaveUp) {
      return { ending: 'gave up', why: error.message };
    }
    throw error;
  }
}

async function throughGateway(program: Program, situation: Situation) {
  const world = createWorld();
  const tenant = await world.tenant();
  situation.prepare?.(world);
  const outcome = await played(program, gatewayIn(world, tenant.token), { world, situation });
  await world.idle();
  return { outcome, world, tenant };
}

async function atRunComfy(program: Program, situation: Situation) {
  const world = createWorld();
  situation.prepare?.(world);
  return played(program, runComfyIn(world), { world, situation });
}

const lastJob = (world: World) => world.runcomfy.accepted().jobs.at(-1)!.id;
const JSON_ERROR = '{"errors": [{"code": 1301, "message": "nsfw"}]}';

const calm: Situation[] = [
  { name: 'a job that succeeds' },
  {
    name: 'a job that is `completed`, in RunComfy’s other word',
    prepare: (world) => world.runcomfy.settings({ success_word: 'completed' }),
  },
  {
    name: 'a job that fails with a text',
    prepare: (world) => world.runcomfy.fault({ on: 'submit', fault: { kind: 'fail', error: 'no paint' } }),
  },
  {
    name: 'a job that fails with JSON in a text',
    prepare: (world) => world.runcomfy.fault({ on: 'submit', fault: { kind: 'fail', error: JSON_ERROR } }),
  },
  {
    name: 'a job that is cancelled',
    onceTaken: (world) => world.runcomfy.finish(lastJob(world), { as: 'cancelled' }),
  },
];

const inCalm = PROGRAMS.flatMap((program) => calm.map((situation) => ({ program, situation })));

test.for(inCalm)(
  '$program.name sees what RunComfy shows: $situation.name',
  async ({ program, situation }, { expect }) => {
    const { outcome, world } = await throughGateway(program, situation);
    expect(outcome).toEqual(await atRunComfy(program, situation));
    expect(await differences(world)).toEqual([]);
  },
);

const trouble: { name: string; fault: FaultRule['fault'] }[] = [
  { name: 'HTML 504', fault: { kind: 'html', status: 504 } },
  { name: 'a 500', fault: { kind: 'status', status: 500 } },
  { name: 'a 404', fault: { kind: 'forget' } },
  { name: 'a refused token', fault: { kind: 'bad_token' } },
  { name: 'a cut connection', fault: { kind: 'cut' } },
  { name: 'half of its answer', fault: { kind: 'garbage' } },
];

/** RunComfy does so on status and result, while the job goes on and ends, in the word that the program knows. */
function troubled(program: Program, fault: FaultRule['fault'], minutes: number): Situation {
  return {
    name: '',
    prepare: (world) => world.runcomfy.settings({ success_word: program.knows ?? 'succeeded' }),
    onceTaken: (world) => world.runcomfy.fault({ on: 'reads', fault, for_ms: minutes * MINUTE }),
  };
}

const inTrouble = PROGRAMS.flatMap((program) => trouble.map((row) => ({ program, ...row })));

test.for(inTrouble)(
  '$program.name gets its result though RunComfy answers with $name for a minute',
  async ({ program, fault }, { expect }) => {
    const { outcome, world, tenant } = await throughGateway(program, troubled(program, fault, 1));
    expect(outcome).toMatchObject({ ending: 'done', outputs: ['output.mp4'] });
    expect(await booksOf(tenant.id)).toMatchObject({
      states: { succeeded: 1 },
      ends: 1,
      heldMicros: 0,
      balanceMicros: -250_000,
    });
    expect(await differences(world)).toEqual([]);
  },
);

test.for(OFFICIAL)('$name gives a paid job up where RunComfy itself does so', async (program, { expect }) => {
  for (const { fault } of trouble) {
    expect(await atRunComfy(program, troubled(program, fault, 1))).toMatchObject({ ending: 'gave up' });
  }
});

// One that polls /status, and one that polls /result.
test.for(OFFICIAL.slice(0, 2))(
  '$name sits HTML 504 out for nine minutes, not for eleven',
  async (program, { expect }) => {
    const { fault } = trouble[0]!;
    const short = await throughGateway(program, troubled(program, fault, 9));
    expect(short.outcome).toMatchObject({ ending: 'done', outputs: ['output.mp4'] });

    const long = await throughGateway(program, troubled(program, fault, 11));
    expect(long.outcome).toEqual({ ending: 'gave up', why: 'HTTP 503' });
    // The job is kept, and its result is there once RunComfy is.
    const { world, tenant } = long;
    expect(await booksOf(tenant.id)).toMatchObject({ states: { running: 1 }, heldMicros: 250_000 });
    world.clock.advance(2 * MINUTE);
    const { body } = await world.admin('GET', `/admin/jobs?customer=${tenant.id}`);
    expect((await world.result(tenant.token, body.items[0].id)).body.status).toBe('succeeded');
  },
);

const cancelling = PROGRAMS.filter(({ cancel }) => cancel !== undefined);

test.for(cancelling)('$name shows its user the true outcome of a cancel', async ({ cancel }, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  const service = gatewayIn(world, token);
  const told = async () => {
    const { request_id: id } = await post(service, ORDER);
    await world.idle();
    return cancel?.(service, id);
  };
  world.runcomfy.settings({ hold: 'in_queue' });
  expect(await told()).toBe('cancelled');
  world.runcomfy.settings({ hold: 'in_progress' });
  expect(await told()).toBe('runs on');
  world.runcomfy.fault({ on: 'cancel', fault: { kind: 'cut' } });
  expect(await told()).toBe('unknown');
});

/** Some programs repeat a paid POST: what that costs their user. */
const repeats: { name: string; fault: FaultRule['fault']; key: boolean; jobs: number }[] = [
  { name: 'a 429', fault: { kind: 'status', status: 429 }, key: false, jobs: 1 },
  { name: 'a cut connection, with an Idempotency-Key', fault: { kind: 'cut' }, key: true, jobs: 1 },
  // As at RunComfy itself: nobody but the program knows that it is the same job.
  { name: 'a cut connection, without one', fault: { kind: 'cut' }, key: false, jobs: 2 },
];

test.for(repeats)('a program that repeats its POST after $name runs $jobs', async (row, { expect }) => {
  const world = createWorld();
  const { token } = await world.tenant();
  world.runcomfy.fault({ on: 'submit', fault: row.fault, times: 1 });
  const repeat = () =>
    world.call(`/v1/models/${TEXT_TO_VIDEO}`, {
      method: 'POST',
      token,
      body: PROMPT,
      headers: row.key ? { 'Idempotency-Key': 'one' } : {},
    });
  const first = await repeat();
  await world.idle();
  const second = await repeat();
  expect(first.status).toBeGreaterThan(400);
  expect(second.status).toBe(row.key ? first.status : 200);
  expect(world.runcomfy.accepted().count).toBe(row.jobs);
  if (row.key) {
    expect(second.headers.get('idempotent-replayed')).toBe('true');
    expect(second.body.request_id).toBe(first.body.request_id);
  }
});
