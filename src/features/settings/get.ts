// The gateway's settings, for the operator.

import type { Runtime } from '../../runtime.ts';
import { getGatewaySettings, type GatewaySettings } from './store.ts';

export function getSettings(deps: Runtime): Promise<GatewaySettings> {
  return getGatewaySettings(deps.db);
}
