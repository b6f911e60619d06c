// POST /v1/estimate/{model_id}: the cost of a submit with this body.

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
 * exact: the charge of a success. range: the charge follows the cost that RunComfy reports; `max_usd` is held, and the
 * estimate is charged if no cost is reported. unknown: the model is not sold, so there is no amount. An absent amount
 * never means free.
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
