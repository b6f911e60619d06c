// Tests the token of an account: asks RunComfy for its balance now.

import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { checkAccount } from '../../api/operations.ts';
import { useMayChange } from '../../api/session.ts';
import { Button } from '../../ui/button.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import type { Account } from './accounts-page.tsx';

export function Check({ account: { id } }: { account: Account }) {
  const client = useQueryClient();
  const mayChange = useMayChange();
  const checked = useMutation({
    mutationFn: () => checkAccount({ params: { account: id } }),
    onSuccess: () => client.invalidateQueries(),
  });
  return (
    <>
      {checked.data === undefined ? null : (
        <output className={`self-center ${checked.data.check.ok ? 'text-good' : 'text-bad'}`}>
          {checked.data.check.detail}
        </output>
      )}
      <ProblemNote error={checked.error} />
      {mayChange ? (
        <Button disabled={checked.isPending} onClick={() => checked.mutate()}>
          <Trans>Check</Trans>
        </Button>
      ) : null}
    </>
  );
}
