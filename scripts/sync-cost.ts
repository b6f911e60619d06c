// What a sync of 400 models costs: D1 statements and rows as D1 counts them, and the CPU of the gateway's own part, which
// is measured with D1's answers played back. Prints a table beside what the free plan allows.

import { resolve } from 'node:path';
import { Miniflare } from 'miniflare';
import { continueSync, syncCatalogue } from '../src/catalogue/sync.ts';
import type { Deps } from '../src/deps.ts';
import { migrationsOf } from './migrate.ts';
import { say } from './terminal.ts';
