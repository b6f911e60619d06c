// The operator changes the limits of the whole gateway, or switches submits on or off. Nothing is remembered of them:
// the gate reads them with every submit.

import type { Runtime } from '../../runtime.ts';
import type { Change } from '../audit/store.ts';
import { patchGatewaySettings, type GatewaySettings, type GatewayPatch } from './store.ts';

export function changeSettings(deps: Runtime, patch: GatewayPatch, change: Change): Promise<GatewaySettings> {
  return patchGatewaySettings(deps.db, patch, change);
}
