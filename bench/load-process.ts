// The process that bench/load-generator.ts starts: sends requests as it is ordered to.

import { Pool } from 'undici';
import { answerParent } from './child.ts';
import { drive, type Order } from './drive.ts';

const pools = new Map<string, Pool>();

function poolOf({ origin, connections }: Order): Pool {
  const name = `${origin} ${connections}`;
  const pool = pools.get(name) ?? new Pool(origin, { connections });
  pools.set(name, pool);
  return pool;
}

process.on('message', (order: Order) => void answerParent(drive(poolOf(order), order)));
