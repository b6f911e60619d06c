// The frame of the pages of a signed-in operator: the navigation, and a sign-in dialog when the session ends.

import { Trans, useLingui } from '@lingui/react/macro';
import { useMutation, useQueryClient } from '@tanstack/react-query';
import { Link, Outlet } from '@tanstack/react-router';
import { useRef } from 'react';
import { signOut } from '../api/operations.ts';
import { useMayChange, useSession } from '../api/session.ts';
import { SignInForm } from '../pages/sign-in/sign-in-form.tsx';
import { SignInPage } from '../pages/sign-in/sign-in-page.tsx';
import { Button } from '../ui/button.tsx';
import { Dialog } from '../ui/dialog.tsx';
import { Loading } from '../ui/layout.tsx';
import { ProblemNote } from '../ui/problem-note.tsx';
import { ThemeSwitch } from './theme-switch.tsx';

export function Shell() {
  const { data: session, error } = useSession();
  const wasSignedIn = useRef(false);
  if (session === undefined) {
    return error === null ? <Loading /> : <ProblemNote error={error} />;
  }
  wasSignedIn.current ||= session.actor !== null;
  if (!wasSignedIn.current) {
    return <SignInPage />;
  }
  return (
    <div className="min-h-dvh md:grid md:grid-cols-[13rem_minmax(0,1fr)]">
      <Sidebar actor={session.actor} />
      <main className="mx-auto w-full max-w-7xl min-w-0 p-4 md:p-8">
        <ReadOnly />
        <Outlet />
      </main>
      <Dialog
        open={session.actor === null}
        onOpenChange={() => undefined}
        title={<Trans>Your session has ended</Trans>}
      >
        <p className="mb-4 text-quiet">
          <Trans>Sign in again to continue. The page keeps everything that you typed.</Trans>
        </p>
        <SignInForm />
      </Dialog>
    </div>
  );
}

function ReadOnly() {
  return useMayChange() ? null : (
    <p role="note" className="screen-only mb-5 rounded-md bg-info-soft px-4 py-2.5">
      <Trans>You signed in with a read token. You can view everything but you can't make changes.</Trans>
    </p>
  );
}

function Sidebar({ actor }: { actor: string | null }) {
  const { t } = useLingui();
  return (
    <header className="screen-only border-line bg-panel max-md:border-b md:sticky md:top-0 md:h-dvh md:border-r">
      <div className="flex h-full min-w-0 flex-col gap-1 p-3">
        <p className="flex items-center gap-2 px-2 py-1.5 font-semibold">
          <img src="/icon.svg" alt="" width="20" height="20" />
          comfygate
        </p>
        <nav aria-label={t`Main`} className="min-w-0">
          <ul className="flex gap-1 overflow-x-auto py-1 md:grid">
            <Place to="/" exact>
              <Trans>Overview</Trans>
            </Place>
            <Place to="/jobs">
              <Trans>Jobs</Trans>
            </Place>
            <Place to="/customers">
              <Trans>Customers</Trans>
            </Place>
            <Place to="/keys">
              <Trans>Keys</Trans>
            </Place>
            <Place to="/models">
              <Trans>Models</Trans>
            </Place>
            <Place to="/accounts">
              <Trans>Accounts</Trans>
            </Place>
            <Place to="/usage">
              <Trans>Usage</Trans>
            </Place>
            <Place to="/audit">
              <Trans>Audit</Trans>
            </Place>
            <Place to="/settings">
              <Trans>Settings</Trans>
            </Place>
          </ul>
        </nav>
        <div className="flex flex-wrap items-center gap-2 md:mt-auto md:grid">
          <ThemeSwitch />
          {actor === null ? null : <SignOut actor={actor} />}
        </div>
      </div>
    </header>
  );
}

type To =
  | '/'
  | '/jobs'
  | '/customers'
  | '/keys'
  | '/models'
  | '/accounts'
  | '/usage'
  | '/audit'
  | '/settings';

function Place({ to, exact = false, children }: { to: To; exact?: boolean; children: React.ReactNode }) {
  return (
    <li>
      <Link
        to={to}
        activeOptions={{ exact, includeSearch: false }}
        className="block rounded-md px-2 py-1.5 whitespace-nowrap hover:bg-raised aria-[current=page]:bg-info-soft aria-[current=page]:font-medium aria-[current=page]:text-accent"
      >
        {children}
      </Link>
    </li>
  );
}

function SignOut({ actor }: { actor: string }) {
  const client = useQueryClient();
  const out = useMutation({
    mutationFn: () => signOut({}),
    // Nothing of the operator stays on the screen or in memory.
    onSuccess: () => {
      client.clear();
      globalThis.location.assign('/console/');
    },
  });
  return (
    <>
      <Button disabled={out.isPending} onClick={() => out.mutate()}>
        <Trans>Sign out {actor}</Trans>
      </Button>
      <ProblemNote error={out.error} />
    </>
  );
}
