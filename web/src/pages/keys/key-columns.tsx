// The columns of a list of keys: name and hint, state, limits, models, expiry and actions.

import { Trans, useLingui } from '@lingui/react/macro';
import type { AnswerOf } from '../../api/client.ts';
import { revokeKey } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { Acts, Badge, Time } from '../../ui/layout.tsx';
import { limitsText, useLimitNames } from '../../ui/limit-fields.tsx';
import type { Column } from '../../ui/table.tsx';
import { customerColumns } from '../customers/customer-link.tsx';
import { EditKey } from './edit-key.tsx';
import { RotateKey } from './rotate-key.tsx';

export type Key = AnswerOf<'listKeys'>['items'][number] & { customer_name?: string };

export function useKeyColumns(): Column<Key>[] {
  const names = useLimitNames();
  const limitsOf = ({ limits }: Key) => limitsText(limits, names);
  return [
    {
      id: 'hint',
      header: <Trans>Key</Trans>,
      text: ({ hint }) => hint,
      cell: ({ hint, name }) => (
        <div className="grid min-w-28">
          <span className="font-medium break-words">{name}</span>
          <code className="text-xs text-quiet">{hint}</code>
        </div>
      ),
    },
    { id: 'name', header: <Trans>Name</Trans>, isFileOnly: true, text: ({ name }) => name },
    { id: 'state', header: <Trans>State</Trans>, text: stateOf, cell: (key) => <KeyState of={key} /> },
    ...customerColumns<Key>(),
    {
      id: 'limits',
      header: <Trans>Limits</Trans>,
      text: limitsOf,
      cell: (key) => <span className="block max-w-52 min-w-28">{limitsOf(key)}</span>,
    },
    {
      id: 'models',
      header: <Trans>Models</Trans>,
      text: ({ models }) => models?.join(' ') ?? '',
      cell: ({ models }) => (
        <span className="block max-w-48 min-w-20 break-words">
          {models?.join(', ') ?? <Trans>all</Trans>}
        </span>
      ),
    },
    {
      id: 'expires_at',
      header: <Trans>Expires</Trans>,
      text: (key) => key.expires_at ?? '',
      cell: (key) => <Time at={key.expires_at} isDay />,
    },
    {
      id: 'created_at',
      header: <Trans>Issued</Trans>,
      isFileOnly: true,
      text: (key) => key.created_at,
    },
    {
      id: 'last_used_at',
      header: <Trans>Last used</Trans>,
      text: (key) => key.last_used_at ?? '',
      cell: (key) => <Time at={key.last_used_at} isDay />,
    },
    {
      id: 'acts',
      header: <Acts />,
      isAct: true,
      text: () => '',
      cell: (key) =>
        stateOf(key) === 'revoked' ? null : (
          <div className="flex gap-2">
            {/* A browser token can be revoked but not changed. */}
            {key.kind === 'secret' ? (
              <>
                <EditKey of={key} />
                <RotateKey of={key} />
              </>
            ) : null}
            <Revoke of={key} />
          </div>
        ),
    },
  ];
}

function stateOf({ revoked_at: revokedAt, expires_at: expiresAt }: Key): 'revoked' | 'expired' | 'active' {
  if (revokedAt !== null) {
    return 'revoked';
  }
  return expiresAt !== null && Date.parse(expiresAt) <= Date.now() ? 'expired' : 'active';
}

function KeyState({ of }: { of: Key }) {
  const { t } = useLingui();
  switch (stateOf(of)) {
    case 'revoked':
      return <Badge tone="bad">{t`revoked`}</Badge>;
    case 'expired':
      return <Badge tone="quiet">{t`expired`}</Badge>;
    case 'active':
      return <Badge tone="good">{t`active`}</Badge>;
  }
}

function Revoke({ of: { id, hint, name } }: { of: Key }) {
  return (
    <Confirm
      label={<Trans>Revoke</Trans>}
      title={<Trans>Revoke the key {name}?</Trans>}
      act={() => revokeKey({ params: { key: id } })}
    >
      <p>
        <Trans>
          This revokes <code>{hint}</code> ({name}), the keys that it was rotated to, and every browser token
          of these keys. They can't submit jobs from now on, and can't read anything after ten seconds. You
          cannot undo this. Running jobs continue and are charged.
        </Trans>
      </p>
    </Confirm>
  );
}
