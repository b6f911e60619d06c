// Upstream accounts for tests: as they were before anything was learnt of them, and more of them.

import { env } from 'cloudflare:workers';
import { newId, type AccountId } from '../../src/lib/ids.ts';
import { readVaultKey, seal } from '../../src/lib/seal.ts';
import type { World } from './world.ts';

/** The account of the environment is fresh, and no other one is left that takes jobs. */
export async function resetAccounts(): Promise<void> {
  await env.DB.batch([
    env.DB.prepare(
      `UPDATE accounts SET state = 'ok', since_ms = 0, silent_since_ms = 0, silent_for = '[]', probe_at_ms = 0,
         balance_check_at_ms = 0, balance_micros = NULL, balance_at_ms = NULL, status = 'active', priority = 100,
         limits = '{}', busy_until_ms = 0, last_error = NULL, last_error_at_ms = NULL`,
    ),
    env.DB.prepare(
      "UPDATE accounts SET status = 'deleted', sealed = NULL, vault_key_id = NULL WHERE id <> 'acct_env'",
    ),
  ]);
}

export type AccountFields = {
  /** The name that the simulator knows it by. */
  name?: string;
  token?: string;
  /** Its balance at RunComfy. */
  balanceUsd?: number;
  status?: 'active' | 'draining' | 'disabled';
  priority?: number;
  /** As the column holds them. */
  limits?: object;
};

export type TestAccount = { id: AccountId; name: string; token: string };

/** An account in the vault that the world's RunComfy knows. */
export async function addAccount(world: World, fields: AccountFields = {}): Promise<TestAccount> {
  const id: AccountId = newId('acct');
  const { name = id, token = `rc-${id}`, status = 'active', priority = 100, limits = {} } = fields;
  const key = await readVaultKey(env.VAULT_KEY);
  const sealed = await seal(key, { table: 'accounts', row: id }, token);
  await env.DB.prepare(
    `INSERT INTO accounts (id, label, sealed, vault_key_id, hint, verified, status, priority, limits, created_at_ms)
     VALUES (?1, ?2, ?3, ?4, ?5, 1, ?6, ?7, ?8, ?9)`,
  )
    .bind(
      id,
      name,
      sealed,
      key.id,
      token.slice(-4),
      status,
      priority,
      JSON.stringify(limits),
      world.clock.now(),
    )
    .run();
  setUpstreamAccount(world, { name, token, balanceUsd: fields.balanceUsd ?? 1_000 });
  return { id, name, token };
}

/** What the world's RunComfy knows of an account: a new token makes the old one bad, and its jobs stay. */
export function setUpstreamAccount(
  { runcomfy }: World,
  { name, token, balanceUsd }: { name: string; token: string; balanceUsd: number },
): void {
  const { accounts } = runcomfy.settings();
  runcomfy.settings({ accounts: { ...accounts, [name]: { token, balance_usd: balanceUsd } } });
}
