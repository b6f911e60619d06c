// Who is signed in. Null: nobody; undefined: not known yet.

import { useQuery } from '@tanstack/react-query';
import { getSession } from '../api/operations.ts';
import { SESSION } from '../api/queries.ts';

export function useSession() {
  return useQuery({ queryKey: SESSION, queryFn: () => getSession({}), staleTime: 60_000 });
}
