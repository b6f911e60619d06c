// /console/sign-in#<code>: a link that signs in once. Browsers do not send the part after #, so no log and no Referer has
// the code.

import { Trans } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { useNavigate } from '@tanstack/react-router';
import { useEffect, useRef } from 'react';
import { signIn } from '../../api/operations.ts';
import { SESSION } from '../../api/queries.ts';
import { Loading } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { SignInForm } from './sign-in-form.tsx';

export function LinkPage() {
  const client = useQueryClient();
  const go = useNavigate();
  const entered = useMutation({
    mutationFn: (code: string) => signIn({ body: { code } }),
    onSuccess: async (session) => {
      client.setQueryData(SESSION, session);
      await go({ to: '/', replace: true });
    },
  });
  // The code works only once, but React mounts twice in development.
  const isAsked = useRef(false);
  useEffect(() => {
    if (!isAsked.current) {
      isAsked.current = true;
      const code = globalThis.location.hash.slice(1);
      history.replaceState(null, '', globalThis.location.pathname);
      entered.mutate(code === '' ? 'none' : code);
    }
  }, [entered]);
  if (entered.error === null) {
    return <Loading />;
  }
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="grid w-full max-w-sm gap-4 rounded-lg border border-line bg-panel p-6">
        <h1 className="text-lg font-semibold">
          <Trans>comfygate console</Trans>
        </h1>
        <ProblemNote error={entered.error} />
        <SignInForm onSignedIn={() => void go({ to: '/', replace: true })} />
      </div>
    </main>
  );
}
