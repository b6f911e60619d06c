// The routes of the console. Filters are part of the URL, so that an operator can send a page to a colleague.

import { createRootRoute, createRoute, createRouter } from '@tanstack/react-router';
import { AccountsPage } from './pages/accounts/accounts-page.tsx';
import { AuditPage } from './pages/audit/audit-page.tsx';
import { CustomerPage } from './pages/customers/customer-page.tsx';
import { CustomersPage } from './pages/customers/customers-page.tsx';
import { StatementPage } from './pages/customers/statement-page.tsx';
import { JobPage } from './pages/jobs/job-page.tsx';
import { JobsPage } from './pages/jobs/jobs-page.tsx';
import { KeysPage } from './pages/keys/keys-page.tsx';
import { ModelPage } from './pages/models/model-page.tsx';
import { ModelsPage } from './pages/models/models-page.tsx';
import { NotFound } from './pages/not-found.tsx';
import { OverviewPage } from './pages/overview/overview-page.tsx';
import { SettingsPage } from './pages/settings/settings-page.tsx';
import { LinkPage } from './pages/sign-in/link-page.tsx';
import { UsagePage } from './pages/usage/usage-page.tsx';
import { Root } from './shell/root.tsx';
import { Shell } from './shell/shell.tsx';

/** Keeps the search parameters with these names, as strings. */
function named<const N extends string>(...names: N[]) {
  return (search: Record<string, unknown>): { [Name in N]?: string } => {
    const kept: { [Name in N]?: string } = {};
    for (const name of names) {
      const value = search[name];
      if (typeof value === 'string' || typeof value === 'number') {
        kept[name] = String(value);
      }
    }
    return kept;
  };
}

const root = createRootRoute({ component: Root, notFoundComponent: NotFound });
const link = createRoute({ getParentRoute: () => root, path: '/sign-in', component: LinkPage });
const shell = createRoute({ getParentRoute: () => root, id: 'shell', component: Shell });

const overview = createRoute({
  getParentRoute: () => shell,
  path: '/',
  validateSearch: named('days'),
  component: OverviewPage,
});
const jobs = createRoute({
  getParentRoute: () => shell,
  path: '/jobs',
  validateSearch: named(
    'search',
    'customer',
    'key',
    'model',
    'state',
    'end_user',
    'from',
    'to',
    'order',
    'cursor',
  ),
  component: JobsPage,
});
const job = createRoute({ getParentRoute: () => shell, path: '/jobs/$job', component: JobPage });
const customers = createRoute({
  getParentRoute: () => shell,
  path: '/customers',
  validateSearch: named('search', 'external_id', 'status', 'plan', 'order', 'cursor'),
  component: CustomersPage,
});
const customer = createRoute({
  getParentRoute: () => shell,
  path: '/customers/$customer',
  validateSearch: named('keys', 'credits', 'prices'),
  component: CustomerPage,
});
const statement = createRoute({
  getParentRoute: () => shell,
  path: '/customers/$customer/statement',
  validateSearch: named('month'),
  component: StatementPage,
});
const keys = createRoute({
  getParentRoute: () => shell,
  path: '/keys',
  validateSearch: named('id', 'hint', 'customer', 'status', 'order', 'cursor'),
  component: KeysPage,
});
const models = createRoute({
  getParentRoute: () => shell,
  path: '/models',
  validateSearch: named('search', 'offered', 'priced', 'source', 'cursor'),
  component: ModelsPage,
});
const model = createRoute({ getParentRoute: () => shell, path: '/model/$', component: ModelPage });
const accounts = createRoute({ getParentRoute: () => shell, path: '/accounts', component: AccountsPage });
const usage = createRoute({
  getParentRoute: () => shell,
  path: '/usage',
  validateSearch: named('from', 'to', 'group', 'customer'),
  component: UsagePage,
});
const audit = createRoute({
  getParentRoute: () => shell,
  path: '/audit',
  validateSearch: named('actor', 'object', 'action', 'from', 'to', 'cursor'),
  component: AuditPage,
});
const settings = createRoute({ getParentRoute: () => shell, path: '/settings', component: SettingsPage });

const pages = [
  overview,
  jobs,
  job,
  customers,
  customer,
  statement,
  keys,
  models,
  model,
  accounts,
  usage,
  audit,
  settings,
];

export const router = createRouter({
  basepath: '/console',
  routeTree: root.addChildren([link, shell.addChildren(pages)]),
  scrollRestoration: true,
});

declare module '@tanstack/react-router' {
  interface Register {
    router: typeof router;
  }
}
