// The options of `npm start`.

import { parseArgs } from 'node:util';
import { resolve } from 'node:path';
import { Mistake } from './terminal.ts';

export type Options = { port: number; state: string; secretsFile: string };

const USAGE = 'Usage: npm start -- [--port 8787] [--state DIR]';

/** `--port P` is the gateway's, the simulator takes P+1. `--state DIR` keeps state and secrets out of the clone. */
export function readOptions(args: string[], root: string): Options {
  const { port, state } = parse(args);
  const number = Number(port);
  if (!Number.isInteger(number) || number < 1 || number > 65_534) {
    throw new Mistake(`--port must be a number from 1 to 65534, not ${JSON.stringify(port)}. ${USAGE}`);
  }
  return state === undefined
    ? { port: number, state: resolve(root, '.comfygate'), secretsFile: resolve(root, '.dev.vars') }
    : { port: number, state: resolve(state), secretsFile: resolve(state, '.dev.vars') };
}

function parse(args: string[]): { port: string; state?: string | undefined } {
  try {
    const options = { port: { type: 'string', default: '8787' }, state: { type: 'string' } } as const;
    return parseArgs({ args, options }).values;
  } catch (error) {
    throw new Mistake(`${error instanceof Error ? error.message : String(error)} ${USAGE}`);
  }
}
