// What only one gateway on this machine may have: its two ports, and its state.

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Mistake } from './terminal.ts';

/** Refuses a port that cannot be had, before anything is made. */
export async function refuseTakenPort(port: number, whose: string, state: string): Promise<void> {
  const code = await new Promise<string | null>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(null)));
  });
  if (code !== null) {
    const why =
      code === 'EADDRINUSE' ? 'is taken. Stop what uses it, or' : `cannot be opened (${code}). Please`;
    const hint =
      holderOf(state) === null ? '' : '\nThe last start was killed; a workerd of it may still run.';
    throw new Mistake(`Port ${port} (${whose}) ${why} choose another: npm start -- --port P${hint}`);
  }
}

/** Refuses a second start on the same state. */
export function refuseRunning(state: string): void {
  const pid = holderOf(state);
  if (pid !== null && isAlive(pid)) {
    throw new Mistake(
      `comfygate is running on this state already (process ${pid}). Stop it first with Ctrl-C.`,
    );
  }
}

/** Claims the state; returns how to give it back. A claim of a process that is gone is taken over. */
export function claimState(state: string): () => void {
  const file = fileIn(state);
  const mine = `${file}.${process.pid}`;
  refuseRunning(state);
  rmSync(file, { force: true });
  writeFileSync(mine, String(process.pid));
  try {
    // A link is made or refused in one step: of two starts at once, one gets it.
    linkSync(mine, file);
  } catch {
    throw new Mistake('comfygate is being started on this state already. Let that one go on.');
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(file, { force: true });
}

function fileIn(state: string): string {
  return join(state, 'running.pid');
}

function holderOf(state: string): number | null {
  try {
    const pid = Number(readFileSync(fileIn(state), 'utf8'));
    return Number.isInteger(pid) && pid > 0 ? pid : null;
  } catch {
    return null;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's, and alive.
    return Object(error).code === 'EPERM';
  }
}
