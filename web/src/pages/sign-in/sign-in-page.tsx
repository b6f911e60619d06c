import { Trans } from '@lingui/react/macro';
import { SignInForm } from './sign-in-form.tsx';

export function SignInPage() {
  return (
    <main className="grid min-h-dvh place-items-center p-4">
      <div className="w-full max-w-sm rounded-lg border border-line bg-panel p-6">
        <h1 className="mb-5 flex items-center gap-2 text-lg font-semibold">
          <img src="/icon.svg" alt="" width="24" height="24" />
          <Trans>comfygate console</Trans>
        </h1>
        <SignInForm />
      </div>
    </main>
  );
}
