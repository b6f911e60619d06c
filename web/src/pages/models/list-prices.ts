// The list prices of some models, as lines of text, by model.

import { useQueries } from '@tanstack/react-query';
import { listModels } from '../../api/operations.ts';
import { priceText } from './price-text.ts';

/** Those that are known so far; a model without a price has none. */
export function useListPrices(ids: string[]): ReadonlyMap<string, string> {
  return useQueries({
    queries: ids.map((id) => ({
      queryKey: ['model', id],
      queryFn: () => listModels({ query: { search: id, limit: 200 } }),
      staleTime: 60_000,
    })),
    combine: (found) => {
      const models = found.flatMap(({ data }) => data?.items ?? []);
      return new Map(
        models.flatMap(({ id, price }) => (price === null ? [] : [[id, priceText(price)] as const])),
      );
    },
  });
}
