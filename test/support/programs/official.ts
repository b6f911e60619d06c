// RunComfy's own clients, as small as their checks of an answer allow. Read in their public source.

import {
  call,
  check,
  insist,
  poll,
  post,
  urlsIn,
  type Outcome,
  type Program,
  type Service,
} from './service.ts';

/** Fetches the result from the URL of the submit, and stops for good at the first answer that is not as it expects. */
const cliRun: Program = {
  name: 'RunComfy CLI, `run`',
  async run(service, order) {
    const submitted = await post(service, order);
    check(typeof submitted.request_id === 'string', 'no request_id');
    return poll(service, 2000, async () => {
      const { status } = await insist(service, `/v1/requests/${submitted.request_id}/status`);
      if (status === 'in_queue' || status === 'in_progress') {
        return null;
      }
      check(
        ['completed', 'succeeded', 'failed', 'cancelled'].includes(status),
        `unexpected status ${status}`,
      );
      return cliResult(service, submitted.result_url);
    });
  },
  async cancel(service, id) {
    const { status, body } = await call(service, `/v1/requests/${id}/cancel`, { method: 'POST' });
    if (status < 200 || status > 299) {
      return 'unknown';
    }
    return body?.outcome === 'not_cancellable' ? 'runs on' : 'cancelled';
  },
};

async function cliResult(service: Service, url: string): Promise<Outcome> {
  const result = await insist(service, url);
  switch (result.status) {
    case 'succeeded':
    case 'completed':
      return { ending: 'done', outputs: urlsIn(result.output) };
    case 'failed':
      return { ending: 'failed', outputs: [], said: JSON.stringify(result.error) };
    default:
      check(result.status === 'cancelled', `unexpected terminal status ${result.status}`);
      return { ending: 'cancelled', outputs: [] };
  }
}

const WAITING = ['in_queue', 'in_progress', 'pending', 'waiting', 'starting', 'processing'];

/** Refuses to submit without a price, polls /result only, and wants one video. */
const partnerNodes: Program = {
  name: 'ComfyUI partner nodes',
  async run(service, order) {
    const price = await insist(service, `/v1/models/${order.model}`);
    const isPriced = Number.isFinite(price.base_price_usd) && price.base_price_usd >= 0;
    check(price.model_id === order.model && isPriced && price.price_unit === 'second', 'price_unavailable');
    const { request_id: id } = await post(service, order);
    check(typeof id === 'string' && /^[a-zA-Z0-9_-]{1,128}$/.test(id), 'unknown_submission');
    return poll(service, 5000, async () => {
      const result = await insist(service, `/v1/requests/${id}/result?include_cost=true`, {
        headers: { 'Cache-Control': 'no-cache', Pragma: 'no-cache' },
      });
      check(result.model_id === undefined || result.model_id === order.model, 'model_mismatch');
      return partnerOutcome(result);
    });
  },
  async cancel(service, id) {
    const { status, body } = await call(service, `/v1/requests/${id}/cancel`, { method: 'POST' });
    if (status < 200 || status > 299) {
      return 'unknown';
    }
    return body?.status === 'cancelled' || body?.outcome === 'cancelled' ? 'cancelled' : 'runs on';
  },
};

function partnerOutcome(result: any): Outcome | null {
  const { status, output, cost } = result;
  if (status === 'completed' || status === 'succeeded') {
    const video = output?.video ?? (output?.videos?.length === 1 ? output.videos[0] : undefined);
    check(typeof video === 'string', 'missing_output');
    check(cost === undefined || (Number.isFinite(cost) && cost >= 0), 'a cost that is no amount');
    return { ending: 'done', outputs: [video] };
  }
  if (status === 'failed' || status === 'cancelled') {
    return { ending: status, outputs: [] };
  }
  check(WAITING.includes(status), 'unknown_state');
  return null;
}

/** Takes an `error_code` under 200 for an error; stops on three words of /status, and reads /result once. */
const mcp: Program = {
  name: 'RunComfy MCP server',
  async run(service, order) {
    const submitted = withoutCode(await post(service, order));
    return poll(service, 3000, async () => {
      const status = withoutCode(await insist(service, `/v1/requests/${submitted.request_id}/status`));
      if (!['completed', 'cancelled', 'failed'].includes(String(status.status).toLowerCase())) {
        return null;
      }
      const result = withoutCode(await insist(service, `/v1/requests/${submitted.request_id}/result`));
      return {
        ending: result.status === 'failed' || result.status === 'cancelled' ? result.status : 'done',
        outputs: urlsIn(result.output),
        said: result.error,
      };
    });
  },
};

function withoutCode(body: any): any {
  check((body.error_code ?? null) === null, `error_code ${body.error_code}`);
  return body;
}

/** Tests the credential by the balance; wants ids of one alphabet, and a `request_id` of every POST. */
const difyAndZapier: Program = {
  name: 'Dify and Zapier integrations',
  async run(service, order) {
    const balance = withoutCode(await insist(service, '/prod/v2/balance'));
    check(
      Number.isFinite(balance.balance_usd) && balance.currency === 'USD',
      'the credential cannot be tested',
    );
    const { request_id: id } = withoutCode(await post(service, order));
    check(typeof id === 'string' && /^[A-Za-z0-9_-]+$/.test(id), 'no usable request_id');
    return poll(service, 5000, async () => {
      const result = withoutCode(await insist(service, `/v1/requests/${id}/result`));
      switch (result.status) {
        case 'succeeded':
        case 'completed':
          return { ending: 'done', outputs: urlsIn(result.output) };
        case 'failed':
        case 'cancelled':
          return { ending: result.status, outputs: [] };
        default:
          return null;
      }
    });
  },
};

export const OFFICIAL = [cliRun, partnerNodes, mcp, difyAndZapier];
