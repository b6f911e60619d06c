import { Trans } from '@lingui/react/macro';
import { Link } from '@tanstack/react-router';

export function NotFound() {
  return (
    <main className="grid gap-3 p-8">
      <h1 className="text-xl font-semibold">
        <Trans>There is no such page</Trans>
      </h1>
      <Link to="/" className="text-accent underline">
        <Trans>To the overview</Trans>
      </Link>
    </main>
  );
}
