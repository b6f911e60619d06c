// The package as a stranger installs it: packed, put into an empty project without a network, compiled there and run.

import { execFileSync } from 'node:child_process';
import { mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:http';
import { join } from 'node:path';
import { afterAll, beforeAll, test } from 'vitest';
import { buildClient } from '../../scripts/client-build.ts';
import { ROOT, temporaryFolder } from '../bundle/support.ts';

const project = temporaryFolder();
const MODULES = join(ROOT, 'node_modules');

/** A page and a program, as their authors would write them. */
const PROGRAM = `
import { ComfygateError, createClient, JobError, type LimitUsage, type Progress } from 'comfygate';

const client = createClient({ baseUrl: process.argv[2] ?? '', credentials: () => ({ token: 'cg_key', end_user: null }) });
const told: Progress['status'][] = [];
try {
  const result = await client.run('some/model', { prompt: 'x' }, { onProgress: ({ status }) => told.push(status) });
  console.log(JSON.stringify({ told, output: result.output }));
} catch (error) {
  if (error instanceof JobError) {
    console.log(error.status, error.requestId, error.result.status);
  } else if (error instanceof ComfygateError) {
    const limit: LimitUsage | null = error.limit;
    console.log(error.code, limit?.left, error.retryAfter);
  }
}
`;
const COMPONENT = `
import { createClient } from 'comfygate';
import { useRun, type RunState } from 'comfygate/react';

const client = createClient({ baseUrl: 'https://gate.example', credentials: async () => 'cgt_token' });

export function Clip(): string {
  const { state, isRunning, run, cancel } = useRun(client, { remember: 'clip' });
  if (isRunning) {
    void cancel();
  } else {
    run('some/model', { prompt: 'x' });
  }
  return wordOf(state);
}

function wordOf(state: RunState): string {
  switch (state.status) {
    case 'idle':
    case 'submitting':
      return state.status;
    case 'in_queue':
    case 'in_progress':
      return state.requestId + String(state.queuePosition);
    case 'succeeded':
      return JSON.stringify(state.result.output);
    case 'failed':
    case 'cancelled':
      return state.error.message;
  }
}
`;
/** Code that must not compile. */
const MISTAKES = `
import { createClient, type ErrorCode } from 'comfygate';
// @ts-expect-error a client has credentials
createClient({ baseUrl: 'https://gate.example' });
// @ts-expect-error no such code
export const code: ErrorCode = 'no_such_code';
`;

beforeAll(async () => {
  await buildClient();
  const packed = execFileSync('npm', ['pack', '--json', '--pack-destination', project.path], {
    cwd: join(ROOT, 'client'),
    encoding: 'utf8',
  });
  const [{ filename }] = JSON.parse(packed);
  writeFileSync(join(project.path, 'package.json'), JSON.stringify({ private: true, type: 'module' }));
  execFileSync('npm', ['install', '--offline', '--no-audit', '--no-fund', `./${filename}`], {
    cwd: project.path,
  });
  mkdirSync(join(project.path, 'src'));
  for (const [name, text] of Object.entries({ program: PROGRAM, component: COMPONENT, mistakes: MISTAKES })) {
    writeFileSync(join(project.path, 'src', `${name}.ts`), text);
  }
});

afterAll(project.remove);

test('the package has no dependencies and contains only code and types', ({ expect }) => {
  expect(readdirSync(join(project.path, 'node_modules')).filter((name) => !name.startsWith('.'))).toEqual([
    'comfygate',
  ]);
  const place = join(project.path, 'node_modules/comfygate');
  expect(readdirSync(place).toSorted()).toEqual(['LICENSE', 'README.md', 'dist', 'package.json']);
  const names = readdirSync(join(place, 'dist'));
  expect(names.filter((name) => !/\.(?:js|d\.ts)$/.test(name))).toEqual([]);
  const imports = names
    .filter((name) => name.endsWith('.js'))
    .flatMap((name) => [...readFileSync(join(place, 'dist', name), 'utf8').matchAll(/from '([^']+)'/g)])
    .map(([, from = '']) => from);
  expect(imports.filter((from) => !from.startsWith('./'))).toEqual(['react']);
});

test.for([
  ['NodeNext', ['ES2022', 'DOM']],
  ['Bundler', ['ES2022', 'DOM']],
] as const)('it compiles there, strictly, with %s', ([moduleResolution, lib], { expect }) => {
  const config = {
    compilerOptions: {
      target: 'ES2022',
      lib,
      module: moduleResolution === 'Bundler' ? 'ESNext' : 'NodeNext',
      moduleResolution,
      strict: true,
      exactOptionalPropertyTypes: true,
      noUncheckedIndexedAccess: true,
      skipLibCheck: false,
      types: ['node'],
      // Users of React and Node have their types.
      typeRoots: [join(MODULES, '@types')],
      paths: { react: [join(MODULES, '@types/react')] },
      rootDir: 'src',
      outDir: 'out',
    },
    include: ['src'],
  };
  writeFileSync(join(project.path, 'tsconfig.json'), JSON.stringify(config));
  const compile = () =>
    execFileSync(process.execPath, [join(MODULES, 'typescript/bin/tsc'), '-p', project.path], {
      encoding: 'utf8',
    });
  expect(compile()).toBe('');
});

test('the compiled package runs a job', async ({ expect }) => {
  const answers: Record<string, object> = {
    '/v1/models/some/model': { request_id: 'job-1' },
    '/v1/requests/job-1/status': { request_id: 'job-1', status: 'completed' },
    '/v1/requests/job-1/result': { request_id: 'job-1', status: 'succeeded', output: { video: 'v' } },
  };
  const server = createServer(({ url = '' }, response) => response.end(JSON.stringify(answers[url])));
  await new Promise<void>((listening) => server.listen(0, '127.0.0.1', listening));
  const address = server.address();
  const port = typeof address === 'object' && address !== null ? address.port : 0;
  const { execFile } = await import('node:child_process');
  const said = await new Promise<string>((done, fail) => {
    const args = [join(project.path, 'out/program.js'), `http://127.0.0.1:${port}`];
    execFile(process.execPath, args, (error, out) => (error === null ? done(out) : fail(error)));
  });
  server.close();
  expect(JSON.parse(said)).toEqual({ told: ['submitting', 'in_queue'], output: { video: 'v' } });
});
