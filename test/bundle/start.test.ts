// `npm start` as a stranger uses it: what it prints, the lines it gives to paste, how it refuses and how it ends.

import { spawn, type ChildProcess } from 'node:child_process';
import { mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { eventually, freePorts, isFree, ROOT, temporaryFolder } from './support.ts';

const folder = temporaryFolder();
let port: number;
let first: Started;

type Started = { process: ChildProcess; output: () => string; ended: Promise<number | null> };

function start(args: string[]): Started {
  const child = spawn(process.execPath, [join(ROOT, 'scripts/start.ts'), ...args], { cwd: ROOT });
  let output = '';
  child.stdout.on('data', (data) => (output += String(data)));
  child.stderr.on('data', (data) => (output += String(data)));
  return { process: child, output: () => output, ended: new Promise((done) => child.once('close', done)) };
}

beforeAll(async () => {
  port = await freePorts();
  first = start(['--port', String(port), '--state', folder.path]);
  await eventually(
    async () => first.output(),
    (output) => output.includes('Ctrl-C stops everything') || first.process.exitCode !== null,
  );
}, 60_000);

afterAll(async () => {
  first.process.kill('SIGKILL');
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
  const prose = output
    .split('\n')
    .filter((line) => !line.includes(folder.path) && !line.includes(' output '));
  expect(prose.filter((line) => line.length > 100)).toEqual([]);
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

test('secrets are made once, and only their owner may read them', ({ expect }) => {
  const secrets = readFileSync(join(folder.path, '.dev.vars'), 'utf8');
  expect(secrets).toMatch(/^ADMIN_TOKENS=ops:[\w-]{43}$/m);
  expect(first.output()).not.toContain(/ADMIN_TOKENS=ops:(\S+)/.exec(secrets)?.[1]);
});

test('a second start on the same state is refused in a sentence', async ({ expect }) => {
  const second = start(['--port', String(await freePorts()), '--state', folder.path]);
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(
    /^comfygate is running on this state already \(process \d+\)\. Stop it first.*\n$/,
  );
});

test('a taken port is refused in a sentence', async ({ expect }) => {
  const other = temporaryFolder();
  const second = start(['--port', String(port), '--state', other.path]);
  expect(await second.ended).toBe(1);
  expect(second.output()).toMatch(new RegExp(`^Port ${port} \\(the gateway\\) is taken\\. .*--port P\\n$`));
  other.remove();
});

test("the simulator's taken port is refused as well", async ({ expect }) => {
  const other = temporaryFolder();
  const free = await freePorts();
  const squatter = createServer().listen(free + 1, '127.0.0.1');
  const second = start(['--port', String(free), '--state', other.path]);
  expect(await second.ended).toBe(1);
  expect(second.output()).toContain(`Port ${free + 1} (the simulator) is taken.`);
  squatter.close();
  other.remove();
});

test.for([
  ['RUNCOMFY_TOKEN=rc_0123456789abcdef\n', 'ADMIN_TOKENS'],
  [`ADMIN_TOKENS=ops:${'x'.repeat(40)}\nRUNCOMFY_TOKEN=\n`, 'RUNCOMFY_TOKEN'],
  ['ADMIN_TOKENS=ops:short\nRUNCOMFY_TOKEN=rc_0123456789abcdef\n', 'ADMIN_TOKENS'],
] as const)('a missing or short secret is named: %j', async ([secrets, name], { expect }) => {
  const other = temporaryFolder();
  mkdirSync(other.path, { recursive: true });
  writeFileSync(join(other.path, '.dev.vars'), secrets);
  const broken = start(['--port', String(await freePorts()), '--state', other.path]);
  expect(await broken.ended).toBe(1);
  expect(broken.output()).toContain(`${join(other.path, '.dev.vars')} cannot be used: ${name} (`);
  expect(broken.output()).toContain('Correct that line, or delete the file and new secrets are made.');
  other.remove();
});

test.for([[['--port', 'x']], [['--port', '70000']], [['--colour']]])(
  '%j is answered with the usage',
  async ([args], { expect }) => {
    const broken = start(args ?? []);
    expect(await broken.ended).toBe(1);
    expect(broken.output()).toContain('Usage: npm start -- [--port 8787] [--state DIR]');
  },
);

test('Ctrl-C ends everything that it started', async ({ expect }) => {
  first.process.kill('SIGINT');
  expect(await first.ended).toBe(0);
  expect(await isFree(port)).toBe(true);
  expect(await isFree(port + 1)).toBe(true);
});

test('the next start keeps the state: same key, no migration left', async ({ expect }) => {
  const key = /COMFYGATE_KEY=(cg_\w+)/.exec(first.output())?.[1];
  first = start(['--port', String(port), '--state', folder.path]);
  await eventually(
    async () => first.output(),
    (output) => output.includes('Ctrl-C stops everything') || first.process.exitCode !== null,
  );
  expect(first.output()).toContain('migrations  up to date');
  expect(first.output()).toContain(`COMFYGATE_KEY=${key}`);
  first.process.kill('SIGTERM');
  expect(await first.ended).toBe(0);
});
