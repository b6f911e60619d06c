// The price of the input and its mistakes, computed by the gateway while the visitor fills the form.

import { ComfygateError, type Client, type Estimate } from 'comfygate';
import { useAnswer } from './answer.ts';
import type { Values } from './fields.ts';

const PAUSE_MS = 350;

export type Price = {
  text: string | null;
  /** Mistakes by the name of the field. */
  mistakes: Map<string, string>;
  error: unknown;
};

/** `input` is null until all required fields are filled. */
export function usePrice(client: Client, model: string, input: Values | null): Price {
  const on = JSON.stringify([model, input]);
  const { answer, error } = useAnswer(async (signal) => {
    if (input === null) {
      return { on, estimate: null, mistakes: new Map<string, string>() };
    }
    await new Promise((done) => setTimeout(done, PAUSE_MS));
    signal.throwIfAborted();
    try {
      return {
        on,
        estimate: await client.estimate(model, input, { signal }),
        mistakes: new Map<string, string>(),
      };
    } catch (refused) {
      if (refused instanceof ComfygateError && refused.errors.length > 0) {
        return { on, estimate: null, mistakes: mistakesOf(refused) };
      }
      throw refused;
    }
  }, on);
  const isCurrent = answer?.on === on;
  return {
    text: isCurrent && answer.estimate !== null ? textOf(answer.estimate) : null,
    mistakes: isCurrent ? answer.mistakes : new Map(),
    error,
  };
}

function mistakesOf({ errors }: ComfygateError): Map<string, string> {
  return new Map(errors.map(({ path, message }) => [path.split('/')[1] ?? '', message]));
}

function textOf(estimate: Estimate): string | null {
  switch (estimate.estimate) {
    case 'exact':
      return dollars(estimate.amount_usd);
    case 'range':
      return `${dollars(estimate.min_usd)} to ${dollars(estimate.max_usd)}`;
    case 'unknown':
      return null;
  }
}

export function dollars(usd: number): string {
  return usd.toLocaleString('en', { style: 'currency', currency: 'USD', maximumFractionDigits: 4 });
}
