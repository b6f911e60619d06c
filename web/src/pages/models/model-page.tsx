// One model: its price, the checks of its inputs, and its state in the catalogue.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import { getRouteApi } from '@tanstack/react-router';
import { listModels, patchModel } from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { usd } from '../../ui/format.ts';
import { Badge, Empty, Fact, Facts, Loading, Page, Panel } from '../../ui/layout.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Modes } from './modes.tsx';
import type { Model } from './models-page.tsx';
import { Proposal } from './proposal.tsx';
import { PriceEditor } from './price-editor.tsx';
import { priceText } from './price-text.ts';

const route = getRouteApi('/shell/model/$');

export function ModelPage() {
  const { _splat: id = '' } = route.useParams();
  const { data, error } = useQuery({
    queryKey: ['model', id],
    queryFn: () => listModels({ query: { id } }),
  });
  const [model] = data?.items ?? [];
  if (model === undefined) {
    return (
      <Page title={id}>
        <ProblemNote error={error} />
        {data === undefined && error === null ? <Loading /> : null}
        {data === undefined ? null : (
          <Empty>
            <Trans>The catalogue has no such model.</Trans>
          </Empty>
        )}
      </Page>
    );
  }
  return (
    <Page title={model.display_name} actions={<Offer model={model} />}>
      <div className="grid min-w-0 gap-5 xl:grid-cols-2">
        <Panel
          title={<Trans>Price</Trans>}
          actions={
            <PriceEditor
              key={JSON.stringify(model.price)}
              model={model}
              label={<Trans>Edit</Trans>}
              price={model.price}
            />
          }
        >
          <p className="text-lg font-semibold">
            {model.price === null ? <Trans>Not sold: no price</Trans> : priceText(model.price)}
          </p>
          <Factors model={model} />
          <Additions model={model} />
          <Proposal model={model} />
        </Panel>
        <Panel title={<Trans>Rules</Trans>} actions={<Modes model={model} />}>
          <Rules model={model} />
        </Panel>
      </div>
      {model.description === '' ? null : (
        <Panel title={<Trans>Description</Trans>}>
          <p className="break-words whitespace-pre-wrap">{model.description}</p>
        </Panel>
      )}
      <Panel title={<Trans>Input schema</Trans>}>
        <pre className="max-h-96 overflow-auto text-xs" tabIndex={0}>
          {JSON.stringify(model.input_schema, null, 2)}
        </pre>
      </Panel>
    </Page>
  );
}

function Factors({ model: { price } }: { model: Model }) {
  return Object.entries(price?.factors ?? {}).map(([input, table]) => (
    <p key={input}>
      <span className="text-quiet">{input}:</span>{' '}
      {Object.entries(table)
        .map(([value, factor]) => `${value} × ${factor}`)
        .join(', ')}
    </p>
  ));
}

function Additions({ model: { price } }: { model: Model }) {
  return (price?.adds ?? []).map((add) => (
    <p key={add.input}>
      <Trans>
        Each item of {add.input} adds {usd(add.usd)}
      </Trans>
    </p>
  ));
}

function Rules({ model }: { model: Model }) {
  const { t } = useLingui();
  return (
    <Facts>
      <Fact name={<Trans>Offered</Trans>}>
        {model.offered ? <Badge tone="good">{t`yes`}</Badge> : <Badge tone="quiet">{t`no`}</Badge>}
      </Fact>
      <Fact name={<Trans>Charged by</Trans>}>{model.charge}</Fact>
      <Fact name={<Trans>Input validation</Trans>}>{model.validation}</Fact>
      <Fact name={<Trans>Media validation</Trans>}>{model.media}</Fact>
      <Fact name={<Trans>Source</Trans>}>{model.source}</Fact>
      <Fact name={<Trans>Set manually (syncs keep it)</Trans>}>{model.by_hand.join(', ') || '–'}</Fact>
      <Fact name={<Trans>Id</Trans>}>
        <code className="text-xs break-all">{model.id}</code>
      </Fact>
      <Fact name={<Trans>Categories</Trans>}>{model.categories.join(', ') || '–'}</Fact>
    </Facts>
  );
}

function Offer({ model: { id, display_name: name, offered } }: { model: Model }) {
  return (
    <Confirm
      label={offered ? <Trans>Withdraw</Trans> : <Trans>Offer</Trans>}
      title={offered ? <Trans>Withdraw {name}?</Trans> : <Trans>Offer {name}?</Trans>}
      act={() => patchModel({ params: { model_id: id }, body: { offered: !offered } })}
    >
      <p>
        {offered ? (
          <Trans>Within ten seconds, customers get 404 for this model. Running jobs continue.</Trans>
        ) : (
          <Trans>Within ten seconds, customers see this model in the list and can submit to it.</Trans>
        )}
      </p>
    </Confirm>
  );
}
