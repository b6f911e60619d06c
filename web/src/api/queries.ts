// The cache of answers, and the end of a session: a dialog asks for a new sign-in, and the page keeps everything that was
// typed.

import { MutationCache, QueryCache, QueryClient } from '@tanstack/react-query';
import { Refusal } from './refusal.ts';

export const SESSION = ['session'];

export function createQueryClient(): QueryClient {
  const onError = (error: Error) => {
    if (error instanceof Refusal && error.status === 401) {
      client.setQueryData(SESSION, { actor: null });
    }
  };
  const client = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: { queries: { retry: false, staleTime: 5_000 } },
  });
  return client;
}
