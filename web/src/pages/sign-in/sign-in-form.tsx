// The sign-in form. It sends the token to the gateway once and gets a cookie that no script can read.

import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useState } from 'react';
import { signIn } from '../../api/operations.ts';
import { SESSION } from '../../api/queries.ts';
import { Button } from '../../ui/button.tsx';
import { Field } from '../../ui/field.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';

/** `onSignedIn` leaves a page that only signs in. */
export function SignInForm({ onSignedIn }: { onSignedIn?: () => void }) {
  const client = useQueryClient();
  const [token, setToken] = useState('');
  const entered = useMutation({
    mutationFn: () => signIn({ body: { token: token.trim() } }),
    onSuccess: async (session) => {
      setToken('');
      client.setQueryData(SESSION, session);
      onSignedIn?.();
      await client.invalidateQueries();
    },
  });
  return (
    <form
      className="grid gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        entered.mutate();
      }}
    >
      <Field
        label={<Trans>Admin token or read token</Trans>}
        hint={<Trans>A token from ADMIN_TOKENS or READ_TOKENS: the part after the colon.</Trans>}
        type="password"
        autoComplete="current-password"
        required
        autoFocus
        value={token}
        onChange={(event) => setToken(event.target.value)}
      />
      <ProblemNote error={entered.error} />
      <Button type="submit" weight="primary" disabled={entered.isPending}>
        <Trans>Sign in</Trans>
      </Button>
    </form>
  );
}
