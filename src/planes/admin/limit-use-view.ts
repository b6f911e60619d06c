// The usage of limits. The Worker imports only the type.

import * as z from 'zod/mini';
import { limitUsageView } from '../../http/limits-view.ts';

export const limitUseView = z
  .strictObject({ limits: z.array(limitUsageView) })
  .check(z.meta({ id: 'LimitUse' }));

export type LimitUseView = z.infer<typeof limitUseView>;
