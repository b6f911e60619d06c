// The operator changes the settings of the whole gateway. No isolate remembers them: the gate reads them with every submit.

import type { Runtime } from '../../runtime.ts';
import type { Change } from '../audit/store.ts';
import { noPlanToJoin } from '../plans/plan.ts';
import { patchGatewaySettings, type GatewaySettings, type GatewayPatch } from './store.ts';

/** 422 if the default plan does not exist. */
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
