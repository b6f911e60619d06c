// POST /v1/estimate/{model_id}: validates and prices like a submit, and spends nothing. Media are not fetched for it.

import { checkInput, quoteInput } from '../../features/intake/check-input.ts';
import { requireLoras } from '../../features/intake/lora.ts';
import { requireModel } from '../../features/catalogue/offered.ts';
import type { Quoting } from '../../features/pricing/price.ts';
import { findTerms } from '../../features/pricing/terms.ts';
import { readBytes } from '../../http/body.ts';
import { pathBehind, type AppContext } from '../../http/context.ts';
import { warningHeader } from '../../lib/warning-header.ts';
import { usd } from '../../lib/money.ts';

export async function postEstimate(c: AppContext): Promise<Response> {
  const deps = c.get('deps');
  const principal = c.get('principal');
  const body = await readBytes(c);
  const model = await requireModel(deps, principal, pathBehind(c, '/v1/estimate/'));
  const terms = await findTerms(deps, principal, model);
  const { input, warnings } = checkInput(deps, model, body);
  requireLoras(input, principal.loras);
  const estimate = showEstimate(quoteInput(model, terms, input));
  return c.json({ model_id: model.id, ...estimate }, 200, warningHeader(warnings));
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
