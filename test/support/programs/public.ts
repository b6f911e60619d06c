// Patterns of public programs that call the Model API: apps, Workers and scripts, each with what it alone insists on.

import { call, check, insist, poll, post, urlsIn, type Outcome, type Program } from './service.ts';

/** Takes any result but `succeeded` for a failure, and every URL but those that it sent for its output. */
const strictWorker: Program = {
  name: 'a Worker that takes only `succeeded`',
  knows: 'succeeded',
  async run(service, order) {
    const { request_id: id } = await post(service, order);
    check(Boolean(id), 'no request_id');
    return poll(service, 3000, async () => {
      const { status } = await insist(service, `/v1/requests/${id}/status`);
      if (status !== 'completed' && status !== 'cancelled') {
        return null;
      }
      const result = await insist(service, `/v1/requests/${id}/result`);
      if (result.status !== 'succeeded') {
        return { ending: status === 'cancelled' ? status : 'failed', outputs: [], said: result.error };
      }
      const sent = new Set(urlsIn(order.input));
      const own = [result.status_url, result.result_url];
      const outputs = urlsIn(result).filter((url) => !sent.has(url) && !own.includes(url));
      return { ending: 'done', outputs };
    });
  },
};

/** Four programs poll /result for exactly this word, and any other means "not yet". */
const untilCompleted: Program = {
  name: 'four programs that poll /result until `completed`',
  knows: 'completed',
  async run(service, order) {
    const { request_id: id } = await post(service, order);
    return poll(service, 5000, async () => {
      const result = await insist(service, `/v1/requests/${id}/result`);
      const ends: Record<string, Outcome['ending']> = {
        completed: 'done',
        failed: 'failed',
        cancelled: 'cancelled',
      };
      const ending = ends[result.status];
      return ending === undefined ? null : { ending, outputs: urlsIn(result.output), said: result.error };
    });
  },
};

function appThatChecksIds(name: string, id: RegExp): Program {
  return {
    name,
    async run(service, order) {
      const submitted = await post(service, order);
      check(id.test(submitted.request_id), 'submission outcome unknown: no further runs');
      return poll(service, 4000, async () => {
        const { body } = await call(service, `/v1/requests/${submitted.request_id}/result`);
        // It treats an HTML page or a 404 as "processing".
        const { status = 'processing', output, error } = body ?? {};
        switch (status) {
          case 'succeeded':
          case 'completed':
            return { ending: 'done', outputs: urlsIn(output) };
          case 'failed':
          case 'cancelled':
            return { ending: status, outputs: [], said: error };
          default:
            return null;
        }
      });
    },
  };
}

/** requests of Python writes booleans in capitals, and joins a base URL that ends in a slash with a path. */
const pythonScript: Program = {
  name: 'a Python script with `include_cost=True` and a base URL that ends in a slash',
  async run(service, order) {
    const { base } = service;
    const catalogue = await insist(service, `${base}//v1/models?include_schema=True&limit=100`);
    const entry = catalogue.models.find((model: any) => model.model_id === order.model);
    check(typeof entry?.input_schema?.properties === 'object', 'no schema');
    const { request_id: id } = await insist(service, `${base}//v1/models/${order.model}`, {
      method: 'POST',
      body: order.input,
      headers: { 'Content-Type': 'application/json' },
    });
    return poll(service, 5000, async () => {
      const result = await insist(service, `${base}//v1/requests/${id}/result/?include_cost=True`);
      if (result.status === 'succeeded' || result.status === 'completed') {
        check(typeof result.cost === 'number', 'no cost');
        return { ending: 'done', outputs: urlsIn(result.output) };
      }
      return result.status === 'failed' || result.status === 'cancelled'
        ? { ending: result.status, outputs: [] }
        : null;
    });
  },
};

/** An app that spends nothing where there is nothing: 0 is no balance to it. */
const looksFirst: Program = {
  name: 'an app that looks at the balance before it submits',
  async run(service, order) {
    const { balance_usd: balance } = await insist(service, '/prod/v2/balance');
    check(balance > 0, 'the balance is too low');
    return appThatChecksIds('', /./).run(service, order);
  },
};

export const PUBLIC = [
  strictWorker,
  untilCompleted,
  appThatChecksIds('an app that takes ids of `/^[a-zA-Z0-9-]{1,80}$/`', /^[a-zA-Z0-9-]{1,80}$/),
  appThatChecksIds('an app that takes ids of `/^[0-9a-fA-F-]{36}$/`', /^[0-9a-fA-F-]{36}$/),
  pythonScript,
  looksFirst,
];
