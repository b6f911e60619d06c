// The load generator, in a process of its own.

import { join } from 'node:path';
import { startChild, type Child } from './child.ts';
import type { Order, Run } from './drive.ts';

export type LoadGenerator = Child<Order, Run>;

export function startLoadGenerator(): LoadGenerator {
  return startChild(join(import.meta.dirname, 'load-process.ts'));
}
