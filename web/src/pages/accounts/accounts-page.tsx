// The RunComfy accounts that jobs run on: which accept jobs, why others do not, and the balance of each.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { changeAccount, listAccounts } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { count, usd } from '../../ui/format.ts';
import { Badge, Empty, Fact, Facts, Loading, Page, Panel, Time } from '../../ui/layout.tsx';
import { limitsText } from '../../ui/limit-fields.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { AddAccount, ReplaceToken, Terms } from './account-forms.tsx';
import { Check } from './check.tsx';
import { Drop } from './drop.tsx';

export type Account = AnswerOf<'getAccount'>;

/** The account with its token in the environment. It has no token in the vault. */
const ENVIRONMENT = 'acct_env';

export function AccountsPage() {
  const { data, error } = useQuery({
    queryKey: ['accounts'],
    queryFn: () => listAccounts({ query: { limit: 200 } }),
    refetchInterval: 30_000,
  });
  const accounts = data?.items.filter(({ status }) => status !== 'deleted');
  return (
    <Page title={<Trans>Accounts</Trans>} actions={<AddAccount />}>
      <ProblemNote error={error} />
      {accounts === undefined && error === null ? <Loading /> : null}
      {accounts?.length === 0 ? (
        <Empty>
          <Trans>No RunComfy accounts yet. Add one with its API token to run jobs.</Trans>
        </Empty>
      ) : null}
      {accounts?.map((account) => (
        <AccountPanel key={account.id} account={account} />
      ))}
    </Page>
  );
}

function AccountPanel({ account }: { account: Account }) {
  const isInVault = account.id !== ENVIRONMENT;
  return (
    <Panel
      title={
        <span className="flex flex-wrap items-center gap-2">
          {account.label} <Standing account={account} />
        </span>
      }
      actions={
        <>
          <Check account={account} />
          {isInVault ? <ReplaceToken account={account} /> : null}
          <Terms account={account} />
          <Drain account={account} />
          {isInVault ? <Drop account={account} /> : null}
        </>
      }
    >
      {account.why_not === null ? null : <p className="text-warn">{account.why_not}</p>}
      <AccountFacts account={account} />
    </Panel>
  );
}

function Standing({ account: { takes_jobs: takes, status } }: { account: Account }) {
  const { t } = useLingui();
  if (takes) {
    return <Badge tone="good">{t`accepts jobs`}</Badge>;
  }
  switch (status) {
    case 'draining':
      return <Badge tone="info">{t`draining`}</Badge>;
    case 'disabled':
      return <Badge tone="quiet">{t`disabled`}</Badge>;
    default:
      return <Badge tone="bad">{t`accepts no jobs`}</Badge>;
  }
}

function AccountFacts({ account }: { account: Account }) {
  return (
    <Facts>
      <Fact name={<Trans>Balance at RunComfy</Trans>}>
        {account.balance_usd === null ? (
          <Trans>not read yet</Trans>
        ) : (
          <>
            {usd(account.balance_usd)}{' '}
            <span className="text-quiet">({<Time at={account.balance_read_at} />})</span>
          </>
        )}
      </Fact>
      <Fact name={<Trans>Open jobs</Trans>}>{count(account.open_jobs)}</Fact>
      <Fact name={<Trans>Priority (lowest first)</Trans>}>{account.priority}</Fact>
      <Fact name={<Trans>Token</Trans>}>
        <code>{account.hint}</code> {account.verified ? null : <Trans>not tested yet</Trans>}
      </Fact>
      <Fact name={<Trans>Limits</Trans>}>{limitsText(account.limits) || '–'}</Fact>
      <Fact name={<Trans>Last error</Trans>}>
        {account.last_error ?? '–'}{' '}
        {account.last_error_at === null ? null : <Time at={account.last_error_at} />}
      </Fact>
      <Fact name={<Trans>Id</Trans>}>
        <code className="text-xs break-all">{account.id}</code>
      </Fact>
      <Fact name={<Trans>Unconfirmed jobs</Trans>}>
        <Link to="/jobs" search={{ state: 'unconfirmed' }} className="text-accent underline">
          <Trans>View jobs</Trans>
        </Link>
      </Fact>
    </Facts>
  );
}

function Drain({ account: { id, label, status, open_jobs: open } }: { account: Account }) {
  const isActive = status === 'active';
  return (
    <Confirm
      label={isActive ? <Trans>Drain</Trans> : <Trans>Activate</Trans>}
      title={isActive ? <Trans>Drain {label}?</Trans> : <Trans>Activate {label}?</Trans>}
      act={() =>
        changeAccount({ params: { account: id }, body: { status: isActive ? 'draining' : 'active' } })
      }
    >
      <p>
        {isActive ? (
          <Trans>
            This account accepts no new jobs. Its {open} open jobs continue. If no other account accepts jobs,
            every submit gets 503.
          </Trans>
        ) : (
          <Trans>
            From the next submit, this account accepts jobs by its priority and within its limits.
          </Trans>
        )}
      </p>
    </Confirm>
  );
}
