// Things that one process on this machine may have at a time: a gateway's two ports and its state, a deployment's folder.

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
  refuseRunning(state);
  return claim(state, 'comfygate is being started on this state already. Let that one go on.');
}

/** The same for the folder of a gateway at Cloudflare. */
export function claimDeployment(folder: string): () => void {
  const words = 'Another command of this clone is at work on this gateway. Let it end, then run yours again.';
  const pid = holderOf(folder);
  if (pid !== null && isAlive(pid)) {
    throw new Mistake(words);
  }
  return claim(folder, words);
}

function claim(state: string, words: string): () => void {
  const file = fileIn(state);
  const mine = `${file}.${process.pid}`;
  rmSync(file, { force: true });
  writeFileSync(mine, String(process.pid));
  try {
    // A link is made or refused in one step: of two starts at once, one gets it.
    linkSync(mine, file);
  } catch {
    throw new Mistake(words);
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

/** Another process. Our own id is that of a run that was killed: in a container every run has the same. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: it is somebody else's, and alive.
    return Object(error).code === 'EPERM';
  }
}
