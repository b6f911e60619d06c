// A gateway that refuses every call of the client with every refusal of its row, and what the client has to make of it.

import { spawn } from 'node:child_process';
import { resolve } from 'node:path';
import { createInterface } from 'node:readline';
import { expect } from 'vitest';
import { CALLED, type Heard } from './refuse-all.ts';

type Told = {
  origin: string;
  refusals: { call: string; code: string; status: number }[];
  extra: { errors: unknown; limit: unknown; jobId: string; retryAfterSeconds: number };
};

export type Refusing = {
  origin: string;
  pairs: [call: string, code: string][];
  expected: Heard[];
  end: () => void;
};

export async function openRefusingGate(): Promise<Refusing> {
  const args = [resolve(import.meta.dirname, '../bundle/refusing-gate.ts'), JSON.stringify(CALLED)];
  const gate = spawn(process.execPath, args, { stdio: ['ignore', 'pipe', 'inherit'] });
  const line = await new Promise<string>((told) => {
    createInterface(gate.stdout).once('line', told);
  });
  const { origin, refusals, extra }: Told = JSON.parse(line);
  return {
    origin,
    pairs: refusals.map(({ call, code }) => [call, code]),
    expected: refusals.map(({ call, code, status }) => ({
      call,
      asked: code,
      error: {
        name: 'ComfygateError',
        message: `refused: ${code}`,
        status,
        code,
        traceId: expect.stringMatching(/^[0-9a-f-]{36}$/),
        errors: extra.errors,
        limit: extra.limit,
        retryAfter: extra.retryAfterSeconds,
        requestId: extra.jobId,
      },
    })),
    end: () => gate.kill(),
  };
}
