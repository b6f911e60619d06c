// Who is changing what: the audit entry of a call of the operator.

import type { Change, Creation } from '../../features/audit/store.ts';
import type { AppContext } from '../../http/context.ts';
import { isJsonObject } from '../../lib/json.ts';

/** `change` is the body as it was sent: in the caller's units, after it was found valid. */
export function changeBy(c: AppContext, action: string, about: { object: string; change?: unknown }): Change {
  return { ...creationBy(c, action, about.change), object: about.object };
}

/** `sent` is the body as it was sent, as above. */
export function creationBy(c: AppContext, action: string, sent: unknown): Creation {
  return {
    atMs: c.get('deps').clock.now(),
    actor: c.get('actor'),
    action,
    change: isJsonObject(sent) ? sent : {},
    traceId: c.get('traceId'),
  };
}
