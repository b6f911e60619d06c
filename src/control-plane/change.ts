// Who is changing what: the audit entry of a call of the operator.

import type { Change } from '../audit/store.ts';
import type { AppContext } from '../http/context.ts';

export function changeBy(c: AppContext, action: string, about: { object: string; change?: object }): Change {
  return {
    atMs: c.var.deps.clock.now(),
    actor: c.var.actor,
    action,
    object: about.object,
    change: { ...about.change },
    traceId: c.var.traceId,
  };
}
