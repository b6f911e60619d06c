// The catalogue, and the findings of the last sync.

import { Trans, useLingui } from '@lingui/react/macro';
import { getRouteApi, Link } from '@tanstack/react-router';
import type { AnswerOf } from '../../api/client.ts';
import { listModels } from '../../api/operations.ts';
import { Button } from '../../ui/button.tsx';
import { Field, Select } from '../../ui/field.tsx';
import { Badge, Empty, Page } from '../../ui/layout.tsx';
import { List } from '../../ui/list.tsx';
import type { Column } from '../../ui/table.tsx';
import { priceText } from './price-text.ts';
import { Sync } from './sync.tsx';

const route = getRouteApi('/shell/models');

export type Model = AnswerOf<'listModels'>['items'][number];

type Flag = 'true' | 'false';
type Flags = { offered?: Flag; priced?: Flag; source?: Model['source'] };

function flag(text: string | undefined): Flag | undefined {
  return text === 'true' || text === 'false' ? text : undefined;
}

function flagsOf({ offered, priced, source }: { offered?: string; priced?: string; source?: string }): Flags {
  const isSource = source === 'builtin' || source === 'operator' || source === 'sync';
  const [isOffered, isPriced] = [flag(offered), flag(priced)];
  return {
    ...(isOffered === undefined ? {} : { offered: isOffered }),
    ...(isPriced === undefined ? {} : { priced: isPriced }),
    ...(isSource ? { source } : {}),
  };
}

export function ModelsPage() {
  const { t } = useLingui();
  const columns = useColumns();
  const go = route.useNavigate();
  const { cursor, ...filter } = route.useSearch();
  return (
    <Page title={<Trans>Models</Trans>}>
      <Sync />
      <form
        key={JSON.stringify(filter)}
        role="search"
        className="grid items-end gap-3 sm:grid-cols-2 lg:grid-cols-[2fr_1fr_1fr_1fr_auto]"
        action={(form: FormData) => {
          const entries = [...form].filter(([, value]) => typeof value === 'string' && value.trim() !== '');
          void go({ search: Object.fromEntries(entries) });
        }}
      >
        <Field label={<Trans>Id or name</Trans>} name="search" defaultValue={filter.search} />
        <Select label={<Trans>Offered</Trans>} name="offered" defaultValue={filter.offered ?? ''}>
          <option value="">{t`all`}</option>
          <option value="true">{t`offered`}</option>
          <option value="false">{t`not offered`}</option>
        </Select>
        <Select label={<Trans>Price</Trans>} name="priced" defaultValue={filter.priced ?? ''}>
          <option value="">{t`all`}</option>
          <option value="true">{t`with a price`}</option>
          <option value="false">{t`without a price`}</option>
        </Select>
        <Select label={<Trans>Source</Trans>} name="source" defaultValue={filter.source ?? ''}>
          <option value="">{t`all`}</option>
          <option value="builtin">{t`built in`}</option>
          <option value="sync">{t`sync`}</option>
          <option value="operator">{t`operator`}</option>
        </Select>
        <Button type="submit" weight="primary">
          <Trans>Show</Trans>
        </Button>
      </form>
      <List
        name="models"
        label={t`Models`}
        columns={columns}
        filter={filter}
        cursor={cursor}
        ask={(page) =>
          listModels({
            query: {
              ...(filter.search === undefined ? {} : { search: filter.search }),
              ...flagsOf(filter),
              ...page,
            },
          })
        }
        empty={
          <Empty>
            <Trans>No models match. Start a sync to read RunComfy's catalogue.</Trans>
          </Empty>
        }
      />
    </Page>
  );
}

function useColumns(): Column<Model>[] {
  const { t } = useLingui();
  return [
    {
      id: 'id',
      header: <Trans>Model</Trans>,
      text: ({ id }) => id,
      cell: ({ id, display_name: name }) => (
        <div className="grid min-w-48">
          <Link
            to="/model/$"
            params={{ _splat: id }}
            className="font-medium break-words text-accent hover:underline"
          >
            {name}
          </Link>
          <span className="text-xs break-all text-quiet">{id}</span>
        </div>
      ),
    },
    {
      id: 'offered',
      header: <Trans>Sold</Trans>,
      text: ({ offered }) => String(offered),
      cell: ({ offered, price }) => {
        if (!offered) {
          return <Badge tone="quiet">{t`not offered`}</Badge>;
        }
        return price === null ? (
          <Badge tone="warn">{t`no price`}</Badge>
        ) : (
          <Badge tone="good">{t`sold`}</Badge>
        );
      },
    },
    {
      id: 'price',
      header: <Trans>Price</Trans>,
      text: ({ price }) => (price === null ? '' : priceText(price)),
    },
    { id: 'charge', header: <Trans>Charge</Trans>, text: ({ charge }) => charge },
    { id: 'validation', header: <Trans>Inputs</Trans>, text: ({ validation }) => validation },
    { id: 'media', header: <Trans>Media</Trans>, text: ({ media }) => media },
    { id: 'source', header: <Trans>Source</Trans>, text: ({ source }) => source },
  ];
}
