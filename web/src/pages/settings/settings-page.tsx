// The settings of the whole gateway: stop switch, limits, defaults, plans, sessions and the ledger check.

import { Trans, useLingui } from '@lingui/react/macro';
import { useQuery } from '@tanstack/react-query';
import type { AnswerOf } from '../../api/client.ts';
import {
  changeSettings,
  endSession,
  getGatewayLimits,
  getSettings,
  listSessions,
} from '../../api/operations.ts';
import { Confirm } from '../../ui/confirm.tsx';
import { FormDialog } from '../../ui/form-dialog.tsx';
import { Acts, Badge, Loading, Page, Panel, Time } from '../../ui/layout.tsx';
import { LimitFields, limitsPatch } from '../../ui/limit-fields.tsx';
import { LimitUse } from '../../ui/limit-use.tsx';
import { ProblemNote } from '../../ui/problem-note.tsx';
import { Table, type Column } from '../../ui/table.tsx';
import { FilesPanel } from './files-panel.tsx';
import { Defaults } from './defaults.tsx';
import { LedgerCheck } from './ledger-check.tsx';
import { Plans } from './plans.tsx';

export type Settings = AnswerOf<'getSettings'>;

export function SettingsPage() {
  const { data: settings, error } = useQuery({ queryKey: ['settings'], queryFn: () => getSettings({}) });
  return (
    <Page title={<Trans>Settings</Trans>}>
      <ProblemNote error={error} />
      {settings === undefined ? (
        <Loading />
      ) : (
        <div className="grid min-w-0 gap-5 xl:grid-cols-2">
          <StopSwitch settings={settings} />
          <GatewayLimits settings={settings} />
          <FilesPanel settings={settings} />
          <Defaults settings={settings} />
          <Plans />
        </div>
      )}
      <Addresses settings={settings} />
      <Sessions />
      <LedgerCheck />
    </Page>
  );
}

function StopSwitch({ settings: { submits } }: { settings: Settings }) {
  const isOn = submits === 'on';
  return (
    <Panel title={<Trans>Stop switch</Trans>}>
      <p>
        {isOn ? (
          <Badge tone="good">
            <Trans>Submits are on</Trans>
          </Badge>
        ) : (
          <Badge tone="bad">
            <Trans>Submits are off</Trans>
          </Badge>
        )}
      </p>
      <p>
        <Trans>
          While submits are off, every submit gets 503 and costs nothing. Running jobs continue and are
          charged. Polls, results and cancels still work.
        </Trans>
      </p>
      <div>
        <Confirm
          label={isOn ? <Trans>Switch submits off</Trans> : <Trans>Switch submits on</Trans>}
          title={isOn ? <Trans>Switch submits off?</Trans> : <Trans>Switch submits on?</Trans>}
          act={() => changeSettings({ body: { submits: isOn ? 'off' : 'on' } })}
        >
          <p>
            {isOn ? (
              <Trans>All customers get 503 submits_off until you switch submits on again.</Trans>
            ) : (
              <Trans>All customers can submit again immediately, within their limits.</Trans>
            )}
          </p>
        </Confirm>
      </div>
    </Panel>
  );
}

function Addresses({ settings }: { settings: Settings | undefined }) {
  const isOn = settings?.audit_addresses === 'on';
  return settings === undefined ? null : (
    <Panel title={<Trans>IP addresses in the audit</Trans>}>
      <p>
        {isOn ? (
          <Trans>New entries include the IP address of the caller.</Trans>
        ) : (
          <Trans>New entries include no IP addresses.</Trans>
        )}
      </p>
      <div>
        <Confirm
          label={isOn ? <Trans>Stop storing</Trans> : <Trans>Store IP addresses</Trans>}
          title={isOn ? <Trans>Stop storing IP addresses?</Trans> : <Trans>Store IP addresses?</Trans>}
          act={() => changeSettings({ body: { audit_addresses: isOn ? 'off' : 'on' } })}
        >
          <p>
            <Trans>Existing entries do not change.</Trans>
          </p>
        </Confirm>
      </div>
    </Panel>
  );
}

function GatewayLimits({ settings }: { settings: Settings }) {
  const use = useQuery({ queryKey: ['gateway-limits'], queryFn: () => getGatewayLimits({}) });
  return (
    <Panel
      title={<Trans>Limits of the whole gateway</Trans>}
      actions={
        <FormDialog
          label={<Trans>Edit</Trans>}
          title={<Trans>Limits of the whole gateway</Trans>}
          submit={<Trans>Save</Trans>}
          send={(form) => changeSettings({ body: { limits: limitsPatch(form, settings.limits) } })}
        >
          {(errors) => <LimitFields limits={settings.limits} errors={errors} />}
        </FormDialog>
      }
    >
      <p className="text-quiet">
        <Trans>
          These limits apply to all customers together. A customer who reaches one gets 503 without figures.
        </Trans>
      </p>
      <ProblemNote error={use.error} />
      {use.data === undefined ? null : <LimitUse limits={use.data.limits} />}
    </Panel>
  );
}

type Session = AnswerOf<'listSessions'>['items'][number];

function Sessions() {
  const { t } = useLingui();
  const { data, error } = useQuery({ queryKey: ['sessions'], queryFn: () => listSessions({}) });
  const columns: Column<Session>[] = [
    {
      id: 'actor',
      header: <Trans>Token</Trans>,
      text: ({ actor }) => actor,
      cell: ({ actor, current }) => (
        <>
          {actor} {current ? <Badge tone="info">{t`this session`}</Badge> : null}
        </>
      ),
    },
    {
      id: 'agent',
      header: <Trans>Browser</Trans>,
      text: ({ agent }) => agent,
      cell: ({ agent }) => <span className="line-clamp-2 max-w-96 min-w-40 text-xs">{agent}</span>,
    },
    {
      id: 'created_at',
      header: <Trans>Signed in</Trans>,
      text: (one) => one.created_at,
      cell: (one) => <Time at={one.created_at} />,
    },
    {
      id: 'expires_at',
      header: <Trans>Ends</Trans>,
      text: (one) => one.expires_at,
      cell: (one) => <Time at={one.expires_at} />,
    },
    {
      id: 'end',
      header: <Acts />,
      isAct: true,
      text: () => '',
      cell: ({ id, actor }) => (
        <Confirm
          label={<Trans>End</Trans>}
          title={<Trans>End this session of {actor}?</Trans>}
          act={() => endSession({ params: { session: id } })}
        >
          <p>
            <Trans>
              The next call of this session is refused. The operator must sign in again and keeps everything
              that they typed.
            </Trans>
          </p>
        </Confirm>
      ),
    },
  ];
  return (
    <Panel title={<Trans>Sessions</Trans>}>
      <ProblemNote error={error} />
      <p className="text-quiet">
        <Trans>
          A session lasts twelve hours. Remove a token from ADMIN_TOKENS or READ_TOKENS to end all its
          sessions.
        </Trans>
      </p>
      {data === undefined ? (
        <Loading />
      ) : (
        <Table label={t`Sessions`} columns={columns} rows={data.items} file="sessions.csv" />
      )}
    </Panel>
  );
}
