// What only one gateway on this machine may have: its two ports, and its state.

import { linkSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { createServer } from 'node:net';
import { join } from 'node:path';
import { Mistake } from './terminal.ts';

/** Refuses a port that is taken, before anything is made. */
export async function refuseTakenPort(port: number, whose: string): Promise<void> {
  const free = await new Promise<boolean>((resolve) => {
    const probe = createServer();
    probe.once('error', () => resolve(false));
    probe.listen(port, '127.0.0.1', () => probe.close(() => resolve(true)));
  });
  if (!free) {
    throw new Mistake(
      `Port ${port} (${whose}) is taken. Stop what uses it, or choose another: npm start -- --port P`,
    );
  }
}

/** Claims the state; returns how to give it back. A claim of a process that is gone is taken over. */
export function claimState(state: string): () => void {
  const file = join(state, 'running.pid');
  const mine = `${file}.${process.pid}`;
  writeFileSync(mine, String(process.pid));
  try {
    if (!claim(mine, file)) {
      const pid = Number(readFileSync(file, 'utf8'));
      if (isAlive(pid)) {
        throw new Mistake(
          `comfygate is running on this state already (process ${pid}). Stop it first with Ctrl-C.`,
        );
      }
      rmSync(file, { force: true });
      claim(mine, file);
    }
  } finally {
    rmSync(mine, { force: true });
  }
  return () => rmSync(file, { force: true });
}

/** A link is made or refused in one step, so two starts at once never both hold the state. */
function claim(mine: string, file: string): boolean {
  try {
    linkSync(mine, file);
    return true;
  } catch {
    return false;
  }
}

function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch {
    return false;
  }
}
