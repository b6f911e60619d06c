import { Trans } from '@lingui/react/macro';
import { useQueryClient } from '@tanstack/react-query';
import { deleteAccount } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import type { Account } from './accounts-page.tsx';

export function Drop({ account: { id, label, open_jobs: open } }: { account: Account }) {
  const client = useQueryClient();
  return (
    <Confirm
      label={<Trans>Delete</Trans>}
      title={<Trans>Delete the account {label}?</Trans>}
      act={async () => {
        await deleteAccount({ params: { account: id } });
        await client.invalidateQueries();
      }}
    >
      <p>
        <Trans>
          Its token is wiped and cannot be read again. It is refused while jobs of it are open; there are{' '}
          {open} now: drain it first.
        </Trans>
      </p>
    </Confirm>
  );
}
