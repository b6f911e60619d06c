// Schemas and inputs that were made to keep a judge busy: each strikes one thing that could cost more than it weighs.

import type { HostileInput } from './hostile/parts.ts';
import { HOSTILE_SHAPES } from './hostile/shapes.ts';
import { HOSTILE_VALUES } from './hostile/values.ts';

export type { HostileInput };

export const HOSTILE_INPUTS: HostileInput[] = [...HOSTILE_VALUES, ...HOSTILE_SHAPES];
