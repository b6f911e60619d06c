// The routes for the owner of the token and the zones of the account.

import { ok, page, type Route } from './reply.ts';

export const accountRoutes: Route[] = [
  { method: 'GET', path: '/user', run: () => ok({ id: 'user', email: 'ops@example.com' }) },
  { method: 'GET', path: '/user/tokens/verify', run: () => ok({ id: 'token', status: 'active' }) },
  { method: 'GET', path: '/accounts', run: ({ account, query }) => page([shown(account)], query, 50) },
  {
    method: 'GET',
    path: '/memberships',
    run: ({ account, query }) =>
      page([{ id: 'member', account: shown(account), status: 'accepted' }], query, 50),
  },
  {
    method: 'GET',
    path: '/zones',
    run: ({ account, query }) =>
      page(
        account.zones.filter(({ name }) => name === query.get('name')),
        query,
        50,
      ),
  },
];

function shown({ id, name }: { id: string; name: string }) {
  return { id, name };
}
