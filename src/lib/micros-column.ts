// A money column as it comes out of D1.

import * as z from 'zod';
import { isMicros, type Micros } from './money.ts';

export const microsColumn = z.custom<Micros>((value) => typeof value === 'number' && isMicros(value));
