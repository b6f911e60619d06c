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
          This deletes the token permanently. You can't delete an account with open jobs. This account has{' '}
          {open}: drain it first.
        </Trans>
      </p>
    </Confirm>
  );
}
