// `npm start` as a stranger uses it: what it prints, the lines it gives to paste, how it refuses and how it ends.

import { spawn, type ChildProcess } from 'node:child_process';
import { once } from 'node:events';
import { existsSync, mkdirSync, readFileSync, statSync, writeFileSync } from 'node:fs';
import { request } from 'node:http';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { outputOf, says, type Output } from './output.ts';
import { eventually, freePorts, isFree, ROOT, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
let port: number;
let first: Started;

type Started = Output & { process: ChildProcess };

function start(args: string[], env: Record<string, string> = {}): Started {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.ts'), ...args], {
    cwd: ROOT,
    env: { ...process.env, RUNCOMFY_TOKEN: '', ...env },
  });
  return { process: child, ...outputOf(child) };
}

beforeAll(async () => {
  port = await freePorts();
  first = start(['--port', String(port), '--state', folder.path]);
  await says(first, 'Ctrl-C stops everything');
});

afterAll(async () => {
  // Never SIGKILL: a process that is killed so cannot end its workerd.
  first.process.kill('SIGTERM');
  await first.ended;
  folder.remove();
});

async function answerOf(response: Response): Promise<any> {
  return response.json();
}

async function submit(model: string, input: unknown) {
  const key = /COMFYGATE_KEY=(cg_\w+)/.exec(first.output())?.[1];
  const response = await fetch(`http://127.0.0.1:${port}/v1/models/${model}`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${key}`, 'Content-Type': 'application/json' },
    body: JSON.stringify(input),
  });
  return { status: response.status, body: await answerOf(response) };
}

/** As the operator. */
async function asOperator(method: string, path: string, body?: unknown): Promise<any> {
  const secrets = readFileSync(join(folder.path, '.dev.vars'), 'utf8');
  const response = await fetch(`http://127.0.0.1:${port}${path}`, {
    method,
    headers: {
      Authorization: `Bearer ${/^ADMIN_TOKENS=ops:(.*)$/m.exec(secrets)?.[1]}`,
      'Content-Type': 'application/json',
    },
    ...(body === undefined ? {} : { body: JSON.stringify(body) }),
  });
  return answerOf(response);
}

async function switchSubmitsOff(): Promise<void> {
  await asOperator('PATCH', '/admin/settings', { submits: 'off' });
}

test('the link that it prints shows the console, and signs in once', async ({ expect }) => {
  const [, link = '', code = ''] = /(http:\S+\/console\/sign-in#(\w{43}))$/m.exec(first.output()) ?? [];
  const page = await fetch(link);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
  const [, script = ''] = /<script type="module" crossorigin src="([^"]+)"/.exec(await page.text()) ?? [];
  expect((await fetch(new URL(script, link))).status).toBe(200);
  const signIn = () =>
    fetch(new URL('/session', link), {
      method: 'POST',
      headers: { 'Content-Type': 'application/json' },
      body: JSON.stringify({ code }),
    });
  expect((await signIn()).status).toBe(200);
  expect((await signIn()).status).toBe(401);
});

test('the example is at /example/, with a policy and a route that mints its tokens', async ({ expect }) => {
  const origin = `http://127.0.0.1:${port}`;
  const page = await fetch(`${origin}/example/`);
  expect(page.status).toBe(200);
  expect(page.headers.get('content-security-policy')).toContain("require-trusted-types-for 'script'");
  const minted = await fetch(`${origin}/example/token`, { method: 'POST' });
  expect(minted.headers.get('set-cookie')).toMatch(/^visitor=.*; HttpOnly; SameSite=Strict$/);
  const { gate, token, end_user } = await answerOf(minted);
  expect({ gate, token, end_user }).toEqual({
    gate: origin,
    token: expect.stringMatching(/^cgt_/),
    end_user: expect.stringMatching(/^[0-9a-f-]{36}$/),
  });
  expect((await fetch(`${origin}/example/token`)).status).toBe(405);
  const headers = { 'Sec-Fetch-Site': 'cross-site' };
  expect((await fetch(`${origin}/example/token`, { method: 'POST', headers })).status).toBe(403);
});

test('it plays one job from submit to result and prints the lines to paste, in 100 columns', ({ expect }) => {
  const output = first.output();
  for (const step of [
    'secrets',
    'migrations',
    'demo key',
    'listening',
    'submitted',
    'in_queue',
    'completed',
    'succeeded',
  ]) {
    expect(output).toContain(step);
  }
  expect(output).toContain(`curl http://127.0.0.1:${port}/v1/models/`);
  const prose = output.split('\n').filter((line) => !line.includes(folder.path));
  expect(prose.filter((line) => line.length > 100)).toEqual([]);
});

const keyOf = () => /COMFYGATE_KEY=(cg_\w+)/.exec(first.output())?.[1] ?? '';

type Sending = { head: Buffer; bytes: number; cutAt?: number };

/** Sends a file of zeros behind its head, a MiB at a time; null where the connection was cut. */
function sendFile({ head, bytes, cutAt = Infinity }: Sending): Promise<{ status: number; body: any } | null> {
  const piece = Buffer.alloc(2 ** 20);
  return new Promise((done, failed) => {
    const headers = {
      Authorization: `Bearer ${keyOf()}`,
      'Content-Length': bytes,
      'Content-Type': 'video/mp4',
    };
    const call = request({ host: '127.0.0.1', port, path: '/v1/files', method: 'POST', headers });
    call.once('response', (response) => {
      let text = '';
      response.on('data', (data) => (text += String(data)));
      response.once('end', () => done({ status: response.statusCode ?? 0, body: JSON.parse(text) }));
    });
    call.once('error', cutAt === Infinity ? failed : () => done(null));
    call.write(head);
    let sent = head.length;
    const next = () => {
      while (sent < bytes) {
        if (sent >= cutAt) {
          call.destroy(new Error('cut'));
          return;
        }
        const part = piece.subarray(0, Math.min(piece.length, bytes - sent));
        sent += part.length;
        if (!call.write(part)) {
          call.once('drain', next);
          return;
        }
      }
      call.end();
    };
    next();
  });
}

/** Bytes that are stored or reserved. */
async function storedBytes(): Promise<number> {
  const { limits } = await asOperator('GET', '/admin/settings/limits');
  return limits.find(({ name }: { name: string }) => name === 'files_bytes').used;
}

const MP4_HEAD = Buffer.from('\0\0\0\x18ftypisom\0\0\x02\0isomiso2', 'latin1');

test('a video of 100 MB is stored, and comes back whole and in ranges', async ({ expect }) => {
  const sent = await sendFile({ head: MP4_HEAD, bytes: 100_000_000 });
  expect(sent).toMatchObject({ status: 201, body: { bytes: 100_000_000, content_type: 'video/mp4' } });

  const { url } = sent!.body;
  const head = await fetch(url, { method: 'HEAD' });
  expect([head.status, head.headers.get('content-length')]).toEqual([200, '100000000']);
  const part = await fetch(url, { headers: { Range: 'bytes=99999990-' } });
  expect([part.status, part.headers.get('content-range'), part.headers.get('content-length')]).toEqual([
    206,
    'bytes 99999990-99999999/100000000',
    '10',
  ]);
  expect((await part.arrayBuffer()).byteLength).toBe(10);
  const whole = await fetch(url);
  expect(whole.headers.get('content-length')).toBe('100000000');
  let got = 0;
  for await (const chunk of whole.body!) {
    got += chunk.length;
  }
  expect(got).toBe(100_000_000);
});

test('an upload that is cut on the wire leaves nothing, and one without a length is not taken', async ({
  expect,
}) => {
  await asOperator('PATCH', '/admin/settings', { limits: { files_bytes: 1e12 } });
  const before = await storedBytes();
  expect(await sendFile({ head: MP4_HEAD, bytes: 5_000_000, cutAt: 2_000_000 })).toBeNull();
  expect(await eventually(storedBytes, (bytes) => bytes === before)).toBe(before);
  const response = await fetch(`http://127.0.0.1:${port}/v1/files`, {
    method: 'POST',
    headers: { Authorization: `Bearer ${keyOf()}` },
    body: new ReadableStream({
      start(controller) {
        controller.enqueue(MP4_HEAD);
        controller.close();
      },
    }),
    duplex: 'half',
  } as RequestInit);
  expect(response.status).toBe(411);
});

test('a picture from the disk is an input: the simulator fetches it, and a job whose input is gone fails', async ({
  expect,
}) => {
  const picture = await fetch(`http://127.0.0.1:${port + 1}/files/640x480.png`);
  const uploaded = await answerOf(
    await fetch(`http://127.0.0.1:${port}/v1/files?filename=boat.png`, {
      method: 'POST',
      headers: { Authorization: `Bearer ${keyOf()}`, 'Content-Type': 'image/png' },
      body: await picture.arrayBuffer(),
    }),
  );
  expect(uploaded).toMatchObject({ content_type: 'image/png', width: 640, height: 480 });
  const input = { prompt: 'it sails', image_urls: [uploaded.url] };
  const resultOf = async (id: string) =>
    eventually(
      async () =>
        answerOf(
          await fetch(`http://127.0.0.1:${port}/v1/requests/${id}/result`, {
            headers: { Authorization: `Bearer ${keyOf()}` },
          }),
        ),
      ({ status }) => status === 'succeeded' || status === 'failed',
    );
  const model = 'bytedance/dreamina-3-0/pro/image-to-video';
  const { status, body } = await submit(model, input);
  expect({ status, body }).toMatchObject({ status: 200 });
  expect((await resultOf(body.request_id)).status).toBe('succeeded');
  await fetch(`http://127.0.0.1:${port}/v1/files/${uploaded.id}`, {
    method: 'DELETE',
    headers: { Authorization: `Bearer ${keyOf()}` },
  });
  expect((await submit(model, input)).status).toBe(422);
  const direct = await answerOf(
    await fetch(`http://127.0.0.1:${port + 1}/v1/models/${model}`, {
      method: 'POST',
      headers: { Authorization: 'Bearer rc-test-token-0123456789' },
      body: JSON.stringify(input),
    }),
  );
  const fetched = await eventually(
    async () =>
      answerOf(
        await fetch(direct.result_url, { headers: { Authorization: 'Bearer rc-test-token-0123456789' } }),
      ),
    ({ status: word }) => word === 'failed' || word === 'succeeded',
  );
  expect(fetched).toMatchObject({
    status: 'failed',
    error: { code: 'input_unreadable', message: 'image_urls could not be read: its host answered 404' },
  });
});

test('the submits of the two model pages work with base URL and token changed', async ({ expect }) => {
  const image = await submit('bytedance/dreamina-3-0/pro/image-to-video', {
    prompt: 'A slow, sweeping tracking shot moves through a sun-drenched vintage street.',
    image_urls: [
      'https://playgrounds-storage-public.runcomfy.net/tools/7013/media-files/usecase2-2-input.jpeg',
    ],
    seed: -1,
    frames: 121,
  });
  const text = await submit('bytedance/dreamina-3-0/pro/text-to-video', {
    prompt: 'A glass teapot fills with blooming tea on a wooden table.',
    aspect_ratio: '1920×1088(16:9)',
    frames: 121,
    seed: -1,
  });
  for (const { status, body } of [image, text]) {
    expect(status).toBe(200);
    expect(Object.keys(body).toSorted()).toEqual(['cancel_url', 'request_id', 'result_url', 'status_url']);
    expect(body.status_url).toBe(`http://127.0.0.1:${port}/v1/requests/${body.request_id}/status`);
  }
});

test('a simulator that was set back is still the RunComfy of this gateway', async ({ expect }) => {
  await fetch(`http://127.0.0.1:${port + 1}/_simulator/reset`, { method: 'POST' });
  const { status } = await submit('bytedance/dreamina-3-0/pro/text-to-video', { prompt: 'x' });
  expect(status).toBe(200);
});

test('secrets are made once, and only their owner may read them', ({ expect }) => {
  const secrets = readFileSync(join(folder.path, '.dev.vars'), 'utf8');
  expect(secrets).toMatch(/^ADMIN_TOKENS=ops:[\w-]{43}$/m);
  expect(secrets).toMatch(/^VAULT_KEY=[A-Za-z0-9+/]{43}=$/m);
  expect(statSync(join(folder.path, '.dev.vars')).mode & 0o777).toBe(0o600);
  expect(first.output()).not.toContain(/ADMIN_TOKENS=ops:(\S+)/.exec(secrets)?.[1]);
});

test('npm run vault:rewrap asks the running gateway', async ({ expect }) => {
  const secrets = readFileSync(join(folder.path, '.dev.vars'), 'utf8');
  const admin = /^ADMIN_TOKENS=ops:(.*)$/m.exec(secrets)?.[1] ?? '';
  const rewrap = async (url: string) => {
    const child = spawn(process.execPath, [join(ROOT, 'scripts/vault-rewrap.ts')], {
      cwd: ROOT,
      env: { ...process.env, COMFYGATE_URL: url, COMFYGATE_ADMIN: admin },
    });
    const { output, ended } = outputOf(child);
    const code = await ended;
    return { code, output: output() };
  };
  expect(await rewrap(`http://127.0.0.1:${port}`)).toEqual({
    code: 0,
    output: '0 secrets sealed again, 0 left\n',
  });
  const nobody = await rewrap(`http://127.0.0.1:${await freePorts()}`);
  expect(nobody).toMatchObject({ code: 1, output: expect.stringContaining('No gateway answers at') });
});

test.concurrent('a second start on the same state is refused in a sentence', async ({ expect }) => {
  const second = start(['--port', String(await freePorts()), '--state', folder.path]);
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(
    /^comfygate already runs on this state \(process \d+\)\. Stop it first.*\n$/,
  );
});

test.concurrent('a taken port is refused in a sentence', async ({ expect }) => {
  const other = temporaryFolder();
  const second = start(['--port', String(port), '--state', other.path]);
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(new RegExp(`^Port ${port} \\(the gateway\\) is in use\\. .*--port P\\n$`));
  other.remove();
});

test.concurrent("the simulator's taken port is refused as well", async ({ expect }) => {
  const other = temporaryFolder();
  const free = await freePorts();
  const squatter = createServer().listen(free + 1, '127.0.0.1');
  await once(squatter, 'listening');
  const second = start(['--port', String(free), '--state', other.path]);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`Port ${free + 1} (the simulator) is in use.`);
  squatter.close();
  other.remove();
});

const LONG = 'x'.repeat(40);

test.concurrent.for([
  ['RUNCOMFY_TOKEN=rc_0123456789abcdef', 'ADMIN_TOKENS (is not set)'],
  [
    `ADMIN_TOKENS=ops:${LONG},bob:short\nRUNCOMFY_TOKEN=rc_0123456789abcdef`,
    'ADMIN_TOKENS (the token of bob is shorter than 32 characters)',
  ],
] as const)('a missing or short secret is named: %j', async ([secrets, mistake], { expect }) => {
  const other = temporaryFolder();
  const file = join(other.path, '.dev.vars');
  mkdirSync(other.path, { recursive: true });
  writeFileSync(file, secrets);
  const broken = start(['--port', String(await freePorts()), '--state', other.path]);
  expect(await broken.ended).toBe(1);
  expect(broken.output()).toBe(
    `${file} has invalid values: ${mistake}.\nCorrect them, and keep a copy of VAULT_KEY: without it, nobody can open the sealed tokens of RunComfy accounts.\n`,
  );
  other.remove();
});

test.concurrent.for([[['--port', 'x']], [['--port', '70000']], [['--colour']], [['--play']]])(
  '%j is answered with the usage',
  async ([args], { expect }) => {
    const broken = start(args ?? []);
    expect(await broken.ended).toBe(1);
    expect(broken.output()).toContain('Usage: npm start -- [--port 8787] [--state DIR] [--real [--play]]');
  },
);

test.concurrent('--real without a token explains where to put it', async ({ expect }) => {
  const other = temporaryFolder();
  const real = start(['--real', '--port', String(await freePorts()), '--state', other.path]);
  expect(await real.ended).toBe(1);
  expect(real.output()).toBe(
    `RunComfy's token is missing. Put RUNCOMFY_TOKEN=… into ${join(other.path, '.dev.vars')} or the environment, and start again.\n`,
  );
  other.remove();
});

test.concurrent('a token in the environment without --real is pointed out', async ({ expect }) => {
  const other = temporaryFolder();
  const args = ['--port', String(await freePorts()), '--state', other.path];
  const simulated = start(args, { RUNCOMFY_TOKEN: 'rc-real-token-0123456789' });
  await says(simulated, 'npm start -- --real');
  simulated.process.kill('SIGTERM');
  expect(await simulated.ended).toBe(0);
  expect(simulated.output()).toContain('RUNCOMFY_TOKEN is set but not used: RunComfy is simulated here.');
  expect(readFileSync(join(other.path, '.dev.vars'), 'utf8')).not.toContain('rc-real');
  other.remove();
});

/** The simulator of the first start stands for RunComfy itself. */
async function startReal(args: string[]) {
  const other = temporaryFolder();
  const secrets = [
    `ADMIN_TOKENS=ops:${LONG}`,
    `RUNCOMFY_BASE_URL=http://127.0.0.1:${port + 1}`,
    `RUNCOMFY_ACCOUNT_URL=http://127.0.0.1:${port + 1}`,
  ];
  writeFileSync(join(other.path, '.dev.vars'), secrets.join('\n'));
  await fetch(`http://127.0.0.1:${port + 1}/_simulator/settings`, {
    method: 'POST',
    headers: { 'Content-Type': 'application/json' },
    body: JSON.stringify({ accounts: { real: { token: 'rc-real-token-0123456789', balance_usd: 100 } } }),
  });
  const real = start(['--real', ...args, '--port', String(await freePorts()), '--state', other.path], {
    RUNCOMFY_TOKEN: 'rc-real-token-0123456789',
  });
  await says(real, 'Ctrl-C stops everything');
  real.process.kill('SIGTERM');
  await real.ended;
  const key = JSON.parse(readFileSync(join(other.path, 'real/demo.json'), 'utf8'));
  other.remove();
  return { output: real.output(), key };
}

test('--real asks RunComfy itself, and plays no job', async ({ expect }) => {
  const { output, key } = await startReal([]);
  expect(output).toContain(`RunComfy is http://127.0.0.1:${port + 1}`);
  expect(output).toContain('This is the real RunComfy: each submit costs money.');
  expect(output).toContain('built       gateway\n');
  expect(output).not.toMatch(/submitted|simulat/);
  expect(key.key).toMatch(/^cg_/);
});

test('--real --play prints the price first', async ({ expect }) => {
  const { output } = await startReal(['--play']);
  expect(output).toMatch(/price {7}at most \d.* USD[^]*submitted[^]*succeeded/);
});

test.concurrent('state of an earlier version is set aside, and a new one begins', async ({ expect }) => {
  const other = temporaryFolder();
  mkdirSync(join(other.path, 'data'));
  writeFileSync(join(other.path, 'data', 'rows'), 'of another form');
  const later = start(['--port', String(await freePorts()), '--state', other.path]);
  await says(later, 'secrets');
  later.process.kill('SIGINT');
  expect(await later.ended).toBe(0);
  const aside = /state {7}the state of an earlier version is now in (\S+)/.exec(later.output())?.[1];
  expect(readFileSync(join(aside!, 'rows'), 'utf8')).toBe('of another form');
  expect(existsSync(join(other.path, 'data', 'rows'))).toBe(false);
  other.remove();
});

test('Ctrl-C while it is still building ends it as well', async ({ expect }) => {
  const other = temporaryFolder();
  const early = start(['--port', String(await freePorts()), '--state', other.path]);
  await says(early, 'secrets');
  early.process.kill('SIGINT');
  expect(await early.ended).toBe(0);
  expect(existsSync(join(other.path, 'running.pid'))).toBe(false);
  other.remove();
});

test('Ctrl-C ends everything that it started', async ({ expect }) => {
  await switchSubmitsOff();
  // npm passes the signal on, so it comes twice.
  first.process.kill('SIGINT');
  first.process.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(await isFree(port)).toBe(true);
  expect(await isFree(port + 1)).toBe(true);
});

test('the next start takes over the state as it is: same key, same settings', async ({ expect }) => {
  const key = /COMFYGATE_KEY=(cg_\w+)/.exec(first.output())?.[1];
  // As left by a start that was killed.
  writeFileSync(join(folder.path, 'running.pid'), String(first.process.pid));
  first = start(['--port', String(port), '--state', folder.path]);
  await says(first, 'Ctrl-C stops everything');
  expect(first.output()).toContain('migrations  up to date');
  expect(first.output()).toContain(`COMFYGATE_KEY=${key}`);
  expect(first.output()).toContain('not played  The gateway answered 503');
  first.process.kill('SIGTERM');
  expect(await first.ended).toBe(0);
});
