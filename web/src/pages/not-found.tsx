import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <main className="grid gap-3 p-8">
      <h1 className="text-xl font-semibold">
        <Trans>Page not found</Trans>
      </h1>
      <Link to="/" className="text-accent underline">
        <Trans>Go to the overview</Trans>
      </Link>
    </main>
  );
}
