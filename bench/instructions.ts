// Instructions that a process executes in user space, counted by `perf stat` where the machine has counters and lets us
// read them: virtual machines often have none.

import { spawn, spawnSync } from 'node:child_process';
import { once } from 'node:events';
import { text } from 'node:stream/consumers';

const EVENT = 'instructions:u';
const STAT = ['stat', '-x,', '-e', EVENT];

export function canCountInstructions(): boolean {
  const { status, stderr } = spawnSync('perf', [...STAT, 'true'], { encoding: 'utf8' });
  return status === 0 && Number.isFinite(countIn(stderr));
}

/** Starts to count, in all threads. The function that it resolves to stops and returns the count. */
export async function countInstructions(pid: number): Promise<() => Promise<number>> {
  const control = ['-D', '-1', '--control', 'fd:3,4'];
  const perf = spawn('perf', [...STAT, ...control, '-p', String(pid)], {
    stdio: ['ignore', 'ignore', 'pipe', 'pipe', 'pipe'],
  });
  const [, , errors, commands, acks] = perf.stdio;
  if (!errors || !('on' in errors) || !commands || !('write' in commands) || !acks) {
    throw new Error('perf has no pipes');
  }
  const output = text(errors);
  commands.write('enable\n');
  await once(acks, 'data');
  return async () => {
    perf.kill('SIGINT');
    return countIn(await output);
  };
}

/** From lines of `perf stat -x,`; NaN if nothing was counted. */
function countIn(output: string): number {
  const line = output.split('\n').find((each) => each.includes(EVENT));
  return line === undefined ? Number.NaN : Number.parseInt(line, 10);
}
