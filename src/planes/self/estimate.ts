// POST /v1/estimate/{model_id}: what a submit of this body would cost.

import { estimate } from '../../features/intake/estimate.ts';
import type { Quoting } from '../../features/pricing/price.ts';
import { answer, route } from '../../http/route.ts';
import { warningHeader } from '../../http/warning-header.ts';
import { usd } from '../../lib/money.ts';
import type { EstimateView, QuoteView } from './estimate-view.ts';

export const estimateRoutes = {
  estimate: route({
    method: 'POST',
    path: '/v1/estimate/{model_id+}',
    door: 'key',
    tokens: true,
    summary: 'Check an input and get its price. Nothing is spent.',
    body: 'bytes',
    refusals: ['unknown_model', 'model_not_allowed', 'model_unavailable', 'lora_not_allowed'],
    async run({ runtime, principal, params, body }) {
      const asked = { modelId: params.model_id, body };
      const { modelId, quoting, warnings } = await estimate(runtime, principal, asked);
      const view: EstimateView = { model_id: modelId, ...showQuote(quoting) };
      return answer(view, { headers: warningHeader(warnings) });
    },
  }),
};

/**
 * exact: the charge of a success. range: the charge follows the cost that RunComfy reports; `max_usd` is reserved, and
 * the estimate is charged where no cost is told. unknown: not sold, so there is no amount at all, and an absent amount
 * is never free.
 */
function showQuote(quoting: Quoting): QuoteView {
  if (quoting.kind === 'unpriced') {
    return { estimate: 'unknown', reason: quoting.reason };
  }
  const { leastMicros, estimateMicros, holdMicros, charge } = quoting;
  if (charge === 'estimate') {
    return { estimate: 'exact', amount_usd: usd(estimateMicros), currency: 'USD' };
  }
  return {
    estimate: 'range',
    min_usd: usd(leastMicros),
    max_usd: usd(holdMicros),
    currency: 'USD',
  };
}
