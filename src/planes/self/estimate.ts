// POST /v1/estimate/{model_id}: what a submit of this body would cost.

import { estimate } from '../../features/intake/estimate.ts';
import type { Quoting } from '../../features/pricing/price.ts';
import { readBytes } from '../../http/body.ts';
import { pathBehind, type AppContext } from '../../http/context.ts';
import { warningHeader } from '../../http/warning-header.ts';
import { usd } from '../../lib/money.ts';

export async function postEstimate(c: AppContext): Promise<Response> {
  const asked = { modelId: pathBehind(c, '/v1/estimate/'), body: await readBytes(c) };
  const { modelId, quoting, warnings } = await estimate(c.get('deps'), c.get('principal'), asked);
  return c.json({ model_id: modelId, ...showEstimate(quoting) }, 200, warningHeader(warnings));
}

/**
 * exact: the charge of a success. range: RunComfy decides on something, or the charge follows the cost that it
 * reports; `max_usd` is reserved, and charged where the model is charged by the estimate. unknown: not sold, so there
 * is no amount at all, and an absent amount is never free.
 */
function showEstimate(quoting: Quoting): Record<string, unknown> {
  if (quoting.kind === 'unpriced') {
    return { estimate: 'unknown', reason: quoting.reason };
  }
  const { leastMicros, estimateMicros, holdMicros, charge } = quoting;
  if (charge === 'estimate' && leastMicros === estimateMicros) {
    return { estimate: 'exact', amount_usd: usd(estimateMicros), currency: 'USD' };
  }
  return {
    estimate: 'range',
    min_usd: charge === 'cost' ? 0 : usd(leastMicros),
    max_usd: usd(holdMicros),
    currency: 'USD',
  };
}
