// Locks for things that only one process on this machine may use at a time: ports, state, the folder of a deployment.

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Mistake } from './terminal.ts';

/** Throws if a port cannot be used, before anything is created. */
export async function refuseTakenPort(port: number, whose: string, state: string): Promise<void> {
  const code = await new Promise<string | null>((resolve) => {
    const probe = createServer();
    probe.once('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(null)));
  });
  if (code !== null) {
    const why =
      code === 'EADDRINUSE'
        ? 'is in use. Stop the process that uses it, or'
        : `cannot be opened (${code}). Please`;
    const hint =
      holderOf(state) === null ? '' : '\nThe last start was killed, and its workerd may still run.';
    throw new Mistake(`Port ${port} (${whose}) ${why} choose another: npm start -- --port P${hint}`);
  }
}

/** Throws if comfygate already runs on this state. */
export function refuseRunning(state: string): void {
  const pid = holderOf(state);
  if (pid !== null && isAlive(pid)) {
    throw new Mistake(`comfygate already runs on this state (process ${pid}). Stop it first with Ctrl-C.`);
  }
}

/** Claims the state and returns a function that releases it. Takes over the claim of a process that has ended. */
export function claimState(state: string): () => void {
  refuseRunning(state);
  return claim(state, 'Another start of comfygate on this state is in progress.');
}

/** Claims the folder of a gateway at Cloudflare. */
export function claimDeployment(folder: string): () => void {
  const words =
    'Another command of this clone is working on this gateway. Wait until it ends, then run yours again.';
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
    // Creating a link is atomic: of two starts at the same time, one gets the claim.
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

/** True if another process has this id. Our own id in the file is from a killed run: containers reuse process ids. */
function isAlive(pid: number): boolean {
  if (pid === process.pid) {
    return false;
  }
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    // EPERM: the process is alive and belongs to another user.
    return Object(error).code === 'EPERM';
  }
}
