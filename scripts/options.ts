// The options of `npm start`.

import { parseArgs } from 'node:util';
import { join, resolve } from 'node:path';
import { Mistake } from './terminal.ts';

export type Options = {
  port: number;
  state: string;
  secretsFile: string;
  /** The real RunComfy in place of the simulator. */
  isReal: boolean;
  /** Submits one demo job. */
  isPlayed: boolean;
};

const USAGE = 'Usage: npm start -- [--port 8787] [--state DIR] [--real [--play]]';

/**
 * `--port P` is the port of the gateway; the simulator uses P+1. `--state DIR` keeps state and secrets out of the clone. The
 * state for the real RunComfy is separate, because RunComfy does not know simulated jobs.
 */
export function readOptions(args: string[], root: string): Options {
  const { port, state, real: isReal, play } = parse(args);
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_534) {
    throw new Mistake(`--port must be a number from 1 to 65534, not ${JSON.stringify(port)}. ${USAGE}`);
  }
  if (play && !isReal) {
    throw new Mistake(`--play needs --real. Without --real, npm start always plays a job. ${USAGE}`);
  }
  const base = state === undefined ? resolve(root, '.comfygate') : resolve(state);
  return {
    port: number,
    state: isReal ? join(base, 'real') : base,
    secretsFile: state === undefined ? resolve(root, '.dev.vars') : join(base, '.dev.vars'),
    isReal,
    isPlayed: play || !isReal,
  };
}

function parse(args: string[]) {
  try {
    const options = {
      port: { type: 'string', default: '8787' },
      state: { type: 'string' },
      real: { type: 'boolean', default: false },
      play: { type: 'boolean', default: false },
    } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)} ${USAGE}`);
  }
}
