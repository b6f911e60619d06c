// An input on a caller's terms: what /v1/estimate answers, and what a submit goes on from.

import type { Offer } from '../catalogue/model.ts';
import type { Principal } from '../keys/principal.ts';
import { findMedia, type MediaInput } from '../media/media-inputs.ts';
import type { Quoting, Terms } from '../pricing/price.ts';
import { checkInput, quoteInput } from './check-input.ts';
import { requireLoras } from './lora.ts';
import type { IntakeRuntime } from './memory.ts';

/** The model with the caller's terms for it. */
type Sale = { principal: Principal; model: Offer; terms: Terms };

/** The price of the input, the media in it whose rules hold, and what is odd about it. */
type Appraisal = { quoting: Quoting; media: MediaInput[]; warnings: string[] };

/**
 * Checks and prices an input; throws 400, 403 or 422. The parsed values are gone when this returns: they may take many
 * times the memory of the body, and a submit waits long for RunComfy's answer.
 */
export async function appraise(deps: IntakeRuntime, sale: Sale, body: Uint8Array): Promise<Appraisal> {
  const { principal, model, terms } = sale;
  const { input, warnings } = await checkInput(deps, model, body);
  requireLoras(input, { schema: model.inputSchema, allowed: principal.loras });
  return {
    quoting: quoteInput(model, terms, input),
    media: model.media === 'off' ? [] : findMedia(model.inputSchema, input),
    warnings,
  };
}
