// The models that a key or a token can use.

import * as z from 'zod/mini';
import { isModelPattern } from '../features/keys/key.ts';

/** A model id, or a prefix of ids. */
export const modelPattern = z
  .string()
  .check(z.refine(isModelPattern, 'is no model id and no prefix such as bytedance/*'));
