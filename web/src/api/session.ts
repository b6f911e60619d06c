// The signed-in operator, and the right of the token to make changes.

import { useQuery } from '@tanstack/react-query';
import { getSession } from './operations.ts';
import { SESSION } from './queries.ts';

/** Null: nobody; undefined: not known yet. */
export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: () => getSession({}), staleTime: 60_000 });
}

/** False for a read token: the gateway refuses its changes, so the pages offer none. */
export function useMayChange(): boolean {
  const { data } = useSession();
  // When a session has ended, the page stays as it is.
  return data === undefined || data.actor === null || data.may_change;
}
