// The journeys of an operator through the console, each as a person would go it.

import { afterAll, beforeAll, test } from 'vitest';
import { ADMIN_TOKEN, MODEL, openConsole, READ_TOKEN, type Opened } from './support.ts';

let opened: Opened;
beforeAll(async () => {
  opened = await openConsole();
}, 180_000);
afterAll(() => opened.end());

const MINUTES = 180_000;

test('from the first start to a statement', { timeout: MINUTES }, async ({ expect }) => {
  const { complaints } = opened;
  const page = await opened.operator();
  await page.getByRole('link', { name: 'Customers' }).first().click();
  await page.getByRole('button', { name: 'New customer' }).click();
  await page.getByLabel('Name', { exact: true }).last().fill('Ada & Co');
  await page.getByLabel('Mark-up').fill('1.25');
  await page.getByLabel('Requests per day').fill('100');
  await page.getByRole('button', { name: 'Create' }).click();
  await page.getByRole('link', { name: 'Issue a key' }).click();
  await page.getByRole('heading', { name: 'Ada & Co' }).waitFor();

  await page.getByRole('button', { name: 'Issue a key' }).click();
  await page.getByLabel('Name', { exact: true }).fill('production');
  await page.getByRole('button', { name: 'Issue', exact: true }).click();
  const token = await page.getByText(/^cg_\w{49}$/).innerText();
  await page.getByRole('button', { name: 'Close' }).click();
  await page.getByRole('dialog').waitFor({ state: 'detached' });
  expect(await page.content()).not.toContain(token);

  const { body } = await opened.submit(token);
  await opened.finish(token, body.request_id);
  await page.getByRole('link', { name: 'Jobs' }).first().click();
  await page.getByLabel('Search').fill(body.request_id);
  await page.getByRole('button', { name: 'Show' }).click();
  await page.getByRole('link', { name: `${body.request_id.slice(0, 8)}…` }).click();
  await page.getByText('Charged $0.3125, the estimate that was quoted before the job was sent.').waitFor();
  await page.getByText('0.05 per second × 1.25 (mark-up)').waitFor();

  await page.getByRole('button', { name: 'Refund' }).click();
  await page.getByLabel('Amount in USD').fill('0.1');
  await page.getByLabel('Note').fill('sorry');
  await page.getByRole('button', { name: 'Book the refund' }).click();
  await page.getByText(/Adjustments refunded \$0.1 of it/).waitFor();

  await page.getByRole('link', { name: 'Ada & Co' }).click();
  await page.getByText(/1 of 100/).waitFor();
  await page.getByRole('link', { name: 'Statement' }).click();
  await page.getByText('Total due').waitFor();
  expect(await page.getByText('Total due').locator('..').innerText()).toContain('$0.2125');
  const line = page.getByRole('region', { name: 'Statement' }).getByRole('row').nth(1);
  expect(await line.innerText()).toMatch(/\$0\.05 \/ second \(frames\)\s+× 1\.25\s+\$0\.0625/);
  expect(complaints).toEqual([]);
});

test(
  'creates a plan, moves a customer to it, and erases a customer',
  { timeout: MINUTES },
  async ({ expect }) => {
    const page = await opened.operator();
    await page.getByRole('link', { name: 'Settings' }).first().click();
    await page.getByRole('button', { name: 'New plan' }).click();
    await page.getByLabel('Name', { exact: true }).fill('Pro');
    await page.getByLabel('Mark-up').fill('1.5');
    await page.getByLabel('Jobs at once').fill('3');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('cell', { name: 'max_concurrent: 3' }).waitFor();

    const { id } = await opened.stage.tenant();
    await page.goto(new URL(`/console/customers/${id}`, opened.stage.url).href);
    await page.getByRole('button', { name: 'Edit' }).first().click();
    await page.getByRole('combobox', { name: 'Plan' }).selectOption({ label: 'Pro' });
    await page.getByLabel('Mark-up').fill('');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByText('× 1.5').first().waitFor();
    await page.getByText(/0 of 3/).waitFor();

    await page.getByRole('button', { name: 'Erase' }).click();
    await page.getByText(/Every key is revoked/).waitFor();
    await page.getByText(/You cannot undo this/).waitFor();
    await page.getByRole('button', { name: 'Erase permanently' }).click();
    await page.getByText('erasing', { exact: true }).waitFor();
    await page.getByRole('heading', { name: id }).waitFor();
    expect(await page.getByRole('button', { name: 'Erase' }).count()).toBe(0);
    expect(opened.complaints).toEqual([]);
  },
);

test('finds the owner of a leaked key and revokes it', { timeout: MINUTES }, async ({ expect }) => {
  const { token } = await opened.stage.tenant();
  const page = await opened.operator();
  await page.getByRole('link', { name: 'Keys' }).first().click();
  await page.getByLabel('Key to look up').fill(token);
  await page.getByRole('button', { name: 'Find' }).click();
  const found = page.getByRole('region', { name: 'The key' });
  await found.getByRole('button', { name: 'Revoke' }).click();
  await page.getByText(/You cannot undo this/).waitFor();
  expect((await opened.submit(token)).status).toBe(200);
  await page.getByRole('dialog').getByRole('button', { name: 'Revoke' }).click();
  await found.getByText('revoked').waitFor();
  expect((await opened.submit(token)).status).toBe(401);
  expect(opened.complaints).toEqual([]);
});

test(
  'an empty balance is visible, and two clicks book one credit',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { stage } = opened;
    const { id, token } = await stage.tenant();
    await stage.admin('PATCH', `/admin/customers/${id}`, { prepaid: true });
    expect((await opened.submit(token)).status).toBe(402);
    const page = await opened.operator();
    await page.goto(new URL(`/console/customers/${id}`, stage.url).href);
    await page.getByRole('button', { name: 'Book a credit' }).click();
    await page.getByLabel('Amount in USD').fill('5');
    await page.getByLabel('Note').fill('paid by card');
    await page.getByRole('button', { name: 'Book', exact: true }).dblclick();
    await page.getByText('paid by card').first().waitFor();
    expect((await stage.admin('GET', `/admin/customers/${id}`)).body.balance_usd).toBe(5);
    expect((await opened.submit(token)).status).toBe(200);
    expect(opened.complaints).toEqual([]);
  },
);

test('a large price change waits for approval', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const page = await opened.operator();
  await page.getByRole('link', { name: 'Models' }).first().click();
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByText('done').waitFor();
  const { items } = (await stage.admin('GET', '/admin/models?source=sync&priced=true')).body;
  const [model] = items;
  await stage.simulator('POST', '/_simulator/models', {
    model_id: model.id,
    base_price_usd: 99,
  });
  await page.getByRole('button', { name: 'Sync now' }).click();
  await page.getByRole('checkbox', { name: `Accept ${model.id}` }).check();
  await page.getByRole('button', { name: 'Accept 1' }).click();
  await page.getByText('Waiting for your approval').waitFor({ state: 'detached' });
  const { body } = await stage.admin('GET', `/admin/models?search=${model.id}`);
  expect(body.items.find(({ id }: any) => id === model.id).price.usd).toBe(99);
  expect(opened.complaints).toEqual([]);
});

test(
  'a model without a price gets the proposed price after review',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { stage } = opened;
    const id = 'acme/priceless';
    await stage.simulator('POST', '/_simulator/models', {
      model_id: id,
      base_price_usd: null,
      pricing_note: '1k is billed at $0.06, 2k at $0.12.',
      input_schema: { type: 'object', properties: { size: { type: 'string', enum: ['1k', '2k'] } } },
    });
    const page = await opened.operator();
    await page.getByRole('link', { name: 'Models' }).first().click();
    await page.getByRole('button', { name: 'Sync now' }).click();
    await page.getByText(/models that cannot be sold/).click();
    const row = page.getByRole('listitem').filter({ hasText: `${id}: RunComfy names no price` });
    await row.getByRole('button', { name: 'Review and set' }).click();
    expect(await page.getByLabel('List price in USD per unit').inputValue()).toBe('0.06');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('dialog').waitFor({ state: 'detached' });
    const { items } = (await stage.admin('GET', `/admin/models?id=${id}`)).body;
    expect(items[0].price).toEqual({ usd: 0.06, unit: 'output', factors: { size: { '1k': 1, '2k': 2 } } });
    await row.getByRole('button', { name: 'Review and set' }).waitFor({ state: 'detached' });
    expect(opened.complaints).toEqual([]);
  },
);

test('a read token sees every page and no actions', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const { id, token } = await stage.tenant();
  const { body } = await opened.submit(token);
  await opened.finish(token, body.request_id);
  const before = (await stage.admin('GET', '/admin/settings')).body;
  const page = await opened.operator({}, READ_TOKEN);
  const harmless = new Set([
    'Sign out grafana',
    'Show',
    'Clear',
    'Find',
    'First page',
    'Next page',
    'Export CSV',
    'Print',
    'Check now',
  ]);
  for (const path of [
    '/',
    '/jobs',
    `/jobs/${body.request_id}`,
    '/customers',
    `/customers/${id}`,
    `/customers/${id}/statement`,
    '/keys',
    '/models',
    `/model/${MODEL}`,
    '/accounts',
    '/usage',
    '/settings',
  ]) {
    await page.goto(new URL(`/console${path}`, stage.url).href);
    await page.locator('h1').first().waitFor();
    await page.getByText('Loading …').first().waitFor({ state: 'detached' });
    await page.getByText('You signed in with a read token').waitFor();
    const names = await page.getByRole('button').allInnerTexts();
    // The head of a column that turns its list ends with an arrow.
    const acts = names.filter((name) => !harmless.has(name) && !/ [↑↓↕]$/.test(name));
    expect({ path, acts }).toEqual({ path, acts: [] });
  }
  await page.getByRole('button', { name: 'Check now' }).click();
  await page.getByText('No differences: the books agree with the ledger').waitFor();
  await page.getByRole('link', { name: 'Keys' }).first().click();
  await page.getByLabel('Key to look up').fill(token);
  await page.getByRole('button', { name: 'Find' }).click();
  await page.getByRole('region', { name: 'The key' }).getByText('server').waitFor();

  const refused = await page.evaluate(async () => {
    const answer = await fetch('/admin/settings', {
      method: 'PATCH',
      headers: { 'Content-Type': 'application/json' },
      body: '{"submits":"off"}',
    });
    return [answer.status, (await answer.json()).code];
  });
  expect(refused).toEqual([403, 'read_only_token']);
  expect((await stage.admin('GET', '/admin/settings')).body).toEqual(before);
  expect(opened.complaints).toEqual([]);
});

test('a session ended elsewhere does not lose typed input', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const { id } = await stage.tenant();
  const page = await opened.operator({ userAgent: 'Left behind/1.0' });
  await page.goto(new URL(`/console/customers/${id}`, stage.url).href);
  await page.getByRole('button', { name: 'Book a credit' }).click();
  await page.getByLabel('Amount in USD').fill('7');
  await page.getByLabel('Note').fill('a long note that nobody wants to type twice');

  const other = await opened.operator();
  await other.getByRole('link', { name: 'Settings' }).click();
  const row = other.getByRole('row').filter({ hasText: 'Left behind/1.0' });
  await row.getByRole('button', { name: 'End' }).click();
  await other.getByRole('dialog').getByRole('button', { name: 'End' }).click();
  await row.waitFor({ state: 'detached' });

  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor();
  expect((await stage.admin('GET', `/admin/customers/${id}/credits`)).body.items).toEqual([]);
  await page.getByLabel('Admin token').fill(ADMIN_TOKEN);
  await page.getByRole('button', { name: 'Sign in' }).click();
  await page.getByRole('heading', { name: 'Your session has ended' }).waitFor({ state: 'detached' });
  expect(await page.getByLabel('Note').inputValue()).toContain('nobody wants to type twice');
  await page.getByRole('button', { name: 'Book', exact: true }).click();
  await page.getByText('a long note that nobody wants to type twice').first().waitFor();
  const { items } = (await stage.admin('GET', `/admin/customers/${id}/credits`)).body;
  expect(items).toMatchObject([{ amount_usd: 7 }]);
  expect(opened.complaints).toEqual([]);
});
