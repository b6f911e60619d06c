// The operator changes the limits of the whole gateway, what new customers and browser tokens get, or switches submits on or
// off. Nothing is remembered of them: the gate reads them with every submit.

import type { Runtime } from '../../runtime.ts';
import type { Change } from '../audit/store.ts';
import { noPlanToJoin } from '../plans/plan.ts';
import { patchGatewaySettings, type GatewaySettings, type GatewayPatch } from './store.ts';

/** 422 where the default plan is not there. */
export async function changeSettings(
  deps: Runtime,
  patch: GatewayPatch,
  change: Change,
): Promise<GatewaySettings> {
  const settings = await patchGatewaySettings(deps.db, patch, change);
  if (settings === null) {
    throw noPlanToJoin();
  }
  return settings;
}
