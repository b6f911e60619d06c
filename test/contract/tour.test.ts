// A tour of the API: each operation is called once, in an order that makes sense. What is sent and answered becomes the
// examples of openapi.json; `npm run openapi -- --record` writes examples.json.

import { test } from 'vitest';
import type { Operations } from '../../openapi.d.ts';
import { setUpstreamAccount } from '../support/accounts.ts';
import { ROUTES } from '../support/routes.ts';
import { headOf, PICTURE } from '../support/upload.ts';
import { ADMIN_TOKEN, createWorld, IMAGE_TO_VIDEO, PROMPT, TEXT_TO_VIDEO } from '../support/world.ts';
import { placeholders } from './placeholders.ts';
import { requestOf, type Asked, type Sent } from './typed-client.ts';

type Example = { request: Sent; response: { status: number; body?: unknown } };

/** A document in an example of a document would hold itself. */
const DOCUMENTS = ['getOpenapi', 'getModelOpenapi'];

function createTour() {
  const world = createWorld();
  const examples: Record<string, Example> = {};
  /** Calls an operation at an instant of its own: what lists order by age has one order. */
  async function call<Id extends keyof Operations>(id: Id, asked: Asked<Id>, token: string) {
    world.clock.advance(1000);
    const { path, init } = requestOf(id, asked, token);
    const file =
      id === 'uploadFile'
        ? { body: PICTURE, headers: { Authorization: `Bearer ${token}`, ...headOf(PICTURE) } }
        : {};
    const response = await world.raw(path, { ...init, ...file });
    const text = await response.text();
    await world.idle();
    const { status } = response;
    const type = response.headers.get('content-type') ?? '';
    const isJson = type.startsWith('application/json');
    const isNone = text === '' || type.startsWith('image/');
    return { status, body: isNone ? undefined : isJson ? JSON.parse(text) : text };
  }
  const play =
    (token: string) =>
    async <Id extends keyof Operations>(id: Id, asked: Asked<Id>): Promise<Operations[Id]['answer']> => {
      const { status, body } = await call(id, asked, token);
      const shown = DOCUMENTS.includes(id) ? { ...body, paths: {}, components: {} } : body;
      examples[id] = {
        request: asked,
        response: { status, ...(body === undefined ? {} : { body: shown }) },
      };
      return body;
    };
  return { world, examples, call, play };
}

const MODEL = 'acme/painter';
const VIDEO = { video: 'https://playgrounds-storage-public.runcomfy.net/lighthouse.mp4' };

test('each operation answers as its example says', async ({ expect }) => {
  const { world, examples, call, play } = createTour();
  const operator = play(ADMIN_TOKEN);

  await play('')('welcome', {});
  await play('')('getOpenapi', {});

  const { id: customer } = await operator('createCustomer', {
    body: {
      name: 'Ada',
      external_id: 'crm-17',
      markup: 1.25,
      prepaid: true,
      limits: { requests_per_day: 1000 },
    },
  });
  const { id: plan } = await operator('createPlan', {
    body: {
      name: 'Pro',
      limits: { requests_per_minute: 60, spend_per_week_usd: 100, spend_per_month_usd: 250 },
      markup: 1.2,
      models: ['bytedance/*', MODEL],
    },
  });
  await operator('changePlan', { params: { plan }, body: { limits: { spend_per_month_usd: 300 } } });
  await operator('changeCustomers', { body: { ids: [customer], patch: { plan } } });
  await operator('listPlans', {});
  await operator('changeCustomer', { params: { customer }, body: { plan: null } });
  await operator('deletePlan', { params: { plan } });
  await operator('getCustomer', { params: { customer } });
  await operator('changeCustomer', { params: { customer }, body: { limits: { spend_per_month_usd: 500 } } });
  await operator('listCustomers', { query: { search: 'ada', with: 'month,limits' } });
  await operator('bookCredit', {
    params: { customer },
    headers: { 'Idempotency-Key': 'invoice-2026-031' },
    body: { amount_usd: 25, note: 'invoice 2026-031' },
  });
  await operator('listCredits', { params: { customer } });
  const { id: key, key: token } = await operator('issueKey', {
    params: { customer },
    body: { name: 'production', models: ['bytedance/*', MODEL], limits: { max_concurrent: 10 } },
  });
  await operator('changeKey', { params: { key }, body: { expires_at: '2027-01-01' } });
  await operator('listKeysOfCustomer', { params: { customer } });
  await operator('listKeys', { query: { status: 'active' } });

  await operator('putModel', {
    params: { model_id: MODEL },
    body: {
      display_name: 'Painter',
      input_schema: {
        type: 'object',
        required: ['prompt'],
        properties: {
          prompt: { type: 'string', maxLength: 500 },
          size: { type: 'string', enum: ['1K', '2K'] },
        },
      },
      price: { usd: 0.02, unit: 'output', factors: { size: { '2K': 2 } } },
    },
  });
  await operator('patchModel', { params: { model_id: MODEL }, body: { categories: ['text-to-image'] } });
  await operator('tryPrice', {
    body: {
      model_id: MODEL,
      input: { prompt: 'a', size: '2K' },
      price: { usd: 0.03, unit: 'output' },
      markup: 1.25,
    },
  });
  await operator('listModels', { query: { search: 'painter' } });
  await operator('setOwnPrice', { params: { customer, model_id: MODEL }, body: { usd: 0.015 } });
  await operator('listOwnPrices', { params: { customer } });
  await operator('dropOwnPrice', { params: { customer, model_id: MODEL } });
  await operator('changeSettings', { body: { limits: { requests_per_minute: 600 } } });
  await operator('getSettings', {});
  setUpstreamAccount(world, { name: 'second', token: 'rc-second-token-0123456789', balanceUsd: 250 });
  const { id: account } = await operator('createAccount', {
    body: {
      label: 'second card',
      token: 'rc-second-token-0123456789',
      priority: 200,
      limits: { spend_per_day_usd: 500 },
    },
  });
  await operator('listAccounts', {});
  await operator('getAccount', { params: { account } });
  await operator('changeAccount', { params: { account }, body: { status: 'draining' } });
  await operator('checkAccount', { params: { account } });
  await operator('deleteAccount', { params: { account } });
  await operator('rewrapVault', {});

  const { code } = await play('')('makeSignInLink', { body: { token: ADMIN_TOKEN } });
  await play('')('signIn', { body: { code } });
  await play('')('getSession', {});
  const { items: sessions } = await operator('listSessions', {});
  await operator('endSession', { params: { session: sessions[0]!.id } });
  await play('')('signOut', {});

  const mine = play(token);
  await mine('listOfferedModels', { query: { category: 'text-to-video' } });
  await mine('listCategories', {});
  await mine('getOfferedModel', { params: { model_id: MODEL } });
  await mine('getModelOpenapi', { params: { model_id: MODEL } });
  await mine('estimate', { params: { model_id: TEXT_TO_VIDEO }, body: { ...PROMPT, frames: 241 } });
  const submitted = await mine('submit', {
    params: { model_id: TEXT_TO_VIDEO },
    headers: { 'Idempotency-Key': 'order-4711' },
    body: PROMPT,
  });
  const params = { request_id: submitted.request_id };
  await mine('getStatus', { params });
  world.runcomfy.finish(world.runcomfy.accepted().jobs[0]!.id, {
    as: 'succeeded',
    output: VIDEO,
    cost_usd: 0.2,
  });
  await mine('getResult', { params, query: { include_cost: 'true' } });
  const other = await call('submit', { params: { model_id: TEXT_TO_VIDEO }, body: PROMPT }, token);
  await mine('cancelJob', { params: { request_id: other.body.request_id } });
  await mine('getRequest', { params });
  await mine('listRequests', { query: { state: 'cancelled' } });
  await mine('getOwnKey', {});
  const minted = await mine('mintToken', {
    body: {
      models: ['bytedance/*'],
      expires_in: 600,
      max_requests: 10,
      max_spend_usd: 2.5,
      origins: ['https://shop.example'],
      end_user: 'user-17',
    },
  });
  const { id: file, url } = await mine('uploadFile', { query: { filename: 'boat.png' } });
  const [secret = '', name = ''] = new URL(url).pathname.split('/').slice(2);
  await play('')('getFile', { params: { secret, name } });
  await mine('listFiles', {});
  await mine('deleteFile', { params: { file } });
  await mine('listTokens', { query: { end_user: 'user-17', status: 'active' } });
  await mine('revokeToken', { params: { token: minted.id } });
  await mine('getBalance', {});
  await mine('reportOwnUsage', { query: { group_by: 'model' } });

  await operator('getCustomerLimits', { params: { customer } });
  await operator('getKeyLimits', { params: { key } });
  await operator('findKeyOwner', { body: { key: token } });
  await operator('getGatewayLimits', {});
  await operator('getJob', { params: { job: submitted.request_id } });
  await operator('listJobs', { query: { customer, state: 'succeeded' } });
  await operator('getStatement', { params: { customer }, query: { month: '2026-03' } });
  await operator('reportUsage', { query: { group_by: 'customer', from: '2026-03-01', to: '2026-04-01' } });
  const unanswered = async () => {
    world.runcomfy.fault({ on: 'submit', fault: { kind: 'cut_before' }, times: 1 });
    return (await call('submit', { params: { model_id: TEXT_TO_VIDEO }, body: PROMPT }, token)).body
      .request_id;
  };
  await operator('resolveJob', { params: { job: await unanswered() }, body: { outcome: 'refused' } });
  await unanswered();
  await operator('resolveJobs', {
    body: { account: 'acct_env', from: '2026-03-05', to: '2026-03-06', outcome: 'refused' },
  });
  await operator('checkLedger', { query: { customer } });
  await operator('rebuildUsage', { body: { customer } });
  world.runcomfy.removeModel(IMAGE_TO_VIDEO);
  await operator('syncModels', { body: {} });
  await operator('getSync', {});
  await world.cron();
  await operator('listAudit', { query: { object: customer, limit: 2 } });
  await operator('getAuditChain', { query: { limit: 1 } });
  await operator('getHealth', {});
  await operator('getOverview', { query: { days: '7' } });
  await operator('getMetrics', {});
  const { key: next } = await operator('rotateKey', { params: { key }, body: { grace_seconds: 3600 } });
  await play(next)('rotateOwnKey', { body: { grace_seconds: 86_400 } });
  await operator('revokeKey', { params: { key } });
  await operator('eraseCustomer', { params: { customer }, query: { force: 'true' } });

  expect(Object.keys(examples).toSorted()).toEqual(ROUTES.map(({ id }) => id).toSorted());
  const wrong = ROUTES.filter(({ id, status }) => examples[id]!.response.status !== status);
  expect(wrong.map(({ id }) => [id, examples[id]!.response])).toEqual([]);
  const text = `${JSON.stringify(placeholders(examples), null, 2)}\n`;
  await expect(text).toMatchFileSnapshot('./examples.json');
});
