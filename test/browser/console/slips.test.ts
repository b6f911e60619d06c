// Slips of daily work: an answer that is missing, a value that a colleague has changed meanwhile, a field left empty.

import { readFileSync } from 'node:fs';
import { afterAll, afterEach, beforeAll, test } from 'vitest';
import { settle } from '../launch.ts';
import { openConsole, type Opened } from './support.ts';

let opened: Opened;
beforeAll(async () => {
  opened = await openConsole();
});
afterEach(() => opened.leave());
afterAll(() => opened.end());

const MINUTES = 600_000;
const toPage = (path: string) => new URL(`/console${path}`, opened.stage.url).href;

test(
  'a customer keeps the plan while the list of plans is missing',
  { timeout: MINUTES },
  async ({ expect }) => {
    const { stage } = opened;
    const { id } = await stage.tenant();
    const plan = (await stage.admin('POST', '/admin/plans', { name: 'Kept', markup: 2 })).body.id;
    await stage.admin('PATCH', `/admin/customers/${id}`, { plan });
    const page = await opened.operator();
    await page.route('**/admin/plans*', (route) => route.abort());
    await page.goto(toPage(`/customers/${id}`));
    await page.getByRole('button', { name: 'Edit' }).first().click();
    await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Renamed');
    await page.getByRole('button', { name: 'Save' }).click();
    await page.getByRole('heading', { name: 'Renamed' }).waitFor();
    const { body } = await stage.admin('GET', `/admin/customers/${id}`);
    expect(body.plan).toMatchObject({ id: plan });
  },
);

test('an edit changes only the fields that were edited', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const { id } = await stage.tenant();
  const page = await opened.operator();
  await page.goto(toPage(`/customers/${id}`));
  await page.getByRole('button', { name: 'Edit' }).first().click();
  await page.getByRole('dialog').getByLabel('Name', { exact: true }).fill('Renamed too');
  // A colleague, meanwhile.
  await stage.admin('PATCH', `/admin/customers/${id}`, {
    prepaid: true,
    markup: 3,
    external_id: `crm-${id}`,
  });
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('heading', { name: 'Renamed too' }).waitFor();
  const { body } = await stage.admin('GET', `/admin/customers/${id}`);
  expect(body).toMatchObject({ name: 'Renamed too', prepaid: true, markup: 3, external_id: `crm-${id}` });
});

test('a statement without a month is that of this month', { timeout: MINUTES }, async ({ expect }) => {
  const { id } = await opened.stage.tenant();
  const page = await opened.operator();
  await page.goto(toPage(`/customers/${id}/statement`));
  await page.getByText('Total due').waitFor();
  await page.getByLabel('Month').fill('');
  await settle(page);
  await page.getByText('Total due').waitFor();
  for (const month of ['2026-13', 'soon']) {
    await page.goto(toPage(`/customers/${id}/statement?month=${month}`));
    await page.getByText('Total due').waitFor();
    expect(await page.getByRole('heading', { level: 1 }).innerText()).not.toContain(month);
  }
});

test('an export that fails says so', { timeout: MINUTES }, async () => {
  const page = await opened.operator();
  await page.goto(toPage('/customers'));
  await page.getByRole('button', { name: 'Export CSV' }).waitFor();
  await page.route('**/admin/customers*', (route) => route.abort());
  await page.getByRole('button', { name: 'Export CSV' }).click();
  await page.getByText('The console cannot reach the gateway.').waitFor();
});

test('an export that is cut off says so', { timeout: MINUTES }, async ({ expect }) => {
  await opened.stage.tenant();
  const page = await opened.operator();
  await page.goto(toPage('/customers'));
  await page.getByRole('button', { name: 'Export CSV' }).waitFor();
  const { items } = (await opened.stage.admin('GET', '/admin/customers?limit=1')).body;
  const json = { items: Array.from({ length: 200 }, () => items[0]), next_cursor: 'more' };
  await page.route('**/admin/customers*', (route) => route.fulfill({ json }));
  const saved = page.waitForEvent('download');
  await page.getByRole('button', { name: 'Export CSV' }).click();
  const lines = readFileSync(await (await saved).path(), 'utf8')
    .trimEnd()
    .split('\r\n');
  expect(lines).toHaveLength(10_001);
  await page
    .getByText('The file has only the first 10,000 rows. Filter the list to export the others.')
    .waitFor();
});

test('an answer that is a page of Cloudflare is called so', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  await page.route('**/admin/keys*', (route) =>
    route.fulfill({ status: 524, contentType: 'text/html', body: '<!doctype html><title>524</title>' }),
  );
  await page.goto(toPage('/keys'));
  const text = await page.getByRole('alert').innerText();
  expect(text).toContain('524');
  expect(text).not.toContain('JSON');
});

test('the second refund of a job offers what is left', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const { token } = await stage.tenant();
  const { body } = await opened.submit(token);
  await opened.finish(token, body.request_id);
  const page = await opened.operator();
  await page.goto(toPage(`/jobs/${body.request_id}`));
  await page.getByRole('button', { name: 'Refund' }).click();
  await page.getByLabel('Amount in USD').fill('0.1');
  await page.getByLabel('Note').fill('first');
  await page.getByRole('button', { name: 'Book the refund' }).click();
  await page.getByText(/Adjustments refunded \$0.1 of it/).waitFor();
  await page.getByRole('button', { name: 'Refund' }).click();
  await expect.poll(() => page.getByLabel('Amount in USD').inputValue()).toBe('0.15');
  await expect.poll(() => page.getByLabel('Note').inputValue()).toBe('');
});

test('models of a plan may be separated by commas', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  await page.goto(toPage('/settings'));
  await page.getByRole('button', { name: 'New plan' }).click();
  await page.getByLabel('Name', { exact: true }).fill('Commas');
  await page.getByLabel('Models').fill('bytedance/*, acme/painter');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('cell', { name: 'bytedance/*, acme/painter' }).waitFor();
  const { items } = (await opened.stage.admin('GET', '/admin/plans')).body;
  expect(items.find(({ name }: any) => name === 'Commas').models).toEqual(['bytedance/*', 'acme/painter']);
});

test('the default plan is shown by its name', { timeout: MINUTES }, async ({ expect }) => {
  const { stage } = opened;
  const { id } = (await stage.admin('POST', '/admin/plans', { name: 'Starter plan' })).body;
  await stage.admin('PATCH', '/admin/settings', { defaults: { plan: id } });
  const page = await opened.operator();
  await page.goto(toPage('/settings'));
  const facts = page.getByRole('region', { name: 'Plans' });
  await facts.waitFor();
  await page.getByRole('definition').filter({ hasText: 'Starter plan' }).waitFor();
  // A refusal is not shown again when the question is.
  const row = facts.getByRole('row').filter({ hasText: 'Starter plan' });
  await row.getByRole('button', { name: 'Delete' }).click();
  const dialog = page.getByRole('dialog');
  await dialog.getByRole('button', { name: 'Delete' }).click();
  await dialog.getByRole('alert').waitFor();
  await dialog.getByRole('button', { name: 'Close' }).click();
  await row.getByRole('button', { name: 'Delete' }).click();
  await dialog.waitFor();
  await dialog.getByRole('button', { name: 'Delete' }).waitFor();
  await expect.poll(() => dialog.getByRole('alert').count()).toBe(0);
  await stage.admin('PATCH', '/admin/settings', { defaults: { plan: null } });
});

test('sums of all others are rounded to micro-dollars', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  const figures = { jobs: 1, succeeded: 1, failed: 0, adjusted_usd: 0, cost_usd: 0, loss_usd: 0 };
  const line = (index: number, usd: number) => ({
    model_id: `acme/model-${index}`,
    ...figures,
    charged_usd: usd,
    margin_usd: usd,
  });
  const items = [...Array.from({ length: 10 }, (_, index) => line(index, 0.7)), line(10, 0)];
  const total = { ...figures, jobs: 11, succeeded: 11, charged_usd: 7, margin_usd: 7 };
  await page.route('**/admin/usage*', (route) => route.fulfill({ json: { items, total } }));
  await page.goto(toPage('/usage?group=model'));
  const row = page.getByRole('row').filter({ hasText: 'all others' });
  expect(await row.innerText()).not.toContain('-');
});

test('the balance is as old as its oldest part', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  await page.route('**/admin/health', async (route) => {
    const health = (await opened.stage.admin('GET', '/admin/health')).body;
    const [account] = health.accounts;
    const read = (at: string) => ({ ...account, balance_usd: 1, balance_read_at: at });
    const accounts = [read('2026-05-02T00:00:00.000Z'), read('2026-05-01T00:00:00.000Z')];
    await route.fulfill({ json: { ...health, accounts } });
  });
  await page.goto(toPage('/'));
  const stat = page.getByText('Balance at RunComfy').locator('..');
  expect(await stat.getByRole('time').getAttribute('datetime')).toBe('2026-05-01T00:00:00.000Z');
});

test('an id in the URL leads to no other call', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  const called: string[] = [];
  page.on('request', (request) => called.push(new URL(request.url()).pathname));
  await page.goto(toPage('/customers/..%2Faccounts%2Facct_env'));
  await page.getByRole('alert').waitFor();
  expect(called.filter((path) => path.includes('acct_env') && path.startsWith('/admin/accounts'))).toEqual(
    [],
  );
});

test('a sign-out that fails says so', { timeout: MINUTES }, async () => {
  const page = await opened.operator();
  await page.route('**/session', (route) => route.abort());
  await page.getByRole('button', { name: 'Sign out ops' }).click();
  await page.getByText('The console cannot reach the gateway.').waitFor();
});

test('an error of a default limit stands beside its field', { timeout: MINUTES }, async ({ expect }) => {
  const page = await opened.operator();
  await page.goto(toPage('/settings'));
  const panel = page.locator('section').filter({ hasText: 'New customers' });
  await panel.getByRole('button', { name: 'Edit' }).click();
  const field = page.getByRole('dialog').getByLabel('Requests per day');
  await field.fill('99999999999999999');
  await page.getByRole('button', { name: 'Save' }).click();
  await page.getByRole('alert').waitFor();
  await expect.poll(() => field.getAttribute('aria-invalid')).toBe('true');
});

test(
  'a price with factors that are not JSON is refused beside them',
  { timeout: MINUTES },
  async ({ expect }) => {
    const page = await opened.operator();
    await page.goto(toPage('/model/bytedance/dreamina-3-0/pro/text-to-video'));
    await page.getByRole('button', { name: 'Edit', exact: true }).first().click();
    const factors = page.getByRole('dialog').getByLabel('Factors, as JSON');
    await factors.fill('{');
    await page.getByRole('dialog').getByRole('button', { name: 'Save' }).click();
    await expect.poll(() => factors.getAttribute('aria-invalid')).toBe('true');
    expect(await factors.inputValue()).toBe('{');
    expect(await page.getByRole('dialog').innerText()).not.toContain('in JSON at position');
  },
);
