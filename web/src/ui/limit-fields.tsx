// Limits as a form: a field for each, empty where there is none. What is changed is sent, null for a limit that goes.

import { useLingui } from '@lingui/react/macro';
import type { Limits } from '../../../openapi.d.ts';
import { Field } from './field.tsx';

/** The words for each limit; without those of a new one it does not compile. Money ends in _usd. */
export function useLimitNames(): Record<string, string> {
  const { t } = useLingui();
  return {
    requests_per_minute: t`Requests a minute`,
    requests_per_day: t`Requests a day`,
    requests_per_week: t`Requests a week`,
    requests_per_month: t`Requests a month`,
    requests_total: t`Requests in all`,
    max_concurrent: t`Jobs at once`,
    spend_per_day_usd: t`USD a day`,
    spend_per_week_usd: t`USD a week`,
    spend_per_month_usd: t`USD a month`,
    spend_total_usd: t`USD in all`,
    tokens_per_minute: t`Browser tokens a minute`,
    files_bytes: t`Bytes of files`,
  } satisfies Record<keyof Limits, string>;
}

export function LimitFields({
  limits,
  legend,
  errors,
}: {
  limits: Limits;
  /** What an empty field means, where that is not no limit. */
  legend?: string;
  errors?: Map<string, string> | undefined;
}) {
  const { t } = useLingui();
  const names = useLimitNames();
  const set: Record<string, number | undefined> = { ...limits };
  return (
    <fieldset className="grid gap-3 sm:grid-cols-2">
      <legend className="mb-2 font-medium">{legend ?? t`Limits; an empty field is no limit`}</legend>
      {Object.entries(names).map(([name, label]) => (
        <Field
          key={name}
          label={label}
          name={`limits.${name}`}
          type="number"
          min="0"
          step={name.endsWith('_usd') ? '0.000001' : '1'}
          defaultValue={set[name]}
          error={errors?.get(`limits.${name}`)}
        />
      ))}
    </fieldset>
  );
}

/** Limits in one line. `names`: the words for them; else their names in the API. */
export function limitsText(limits: Limits, names: Record<string, string> = {}): string {
  const set: Record<string, number> = { ...limits };
  return Object.entries(set)
    .map(([name, max]) => `${names[name] ?? name}: ${max}`)
    .join(', ');
}

/** The patch that turns `before` into what the form says. */
export function limitsPatch(form: FormData, before: Limits): Record<string, number | null> {
  const set: Record<string, number | undefined> = { ...before };
  const patch: Record<string, number | null> = {};
  for (const [field, value] of form) {
    const [, name] = /^limits\.(\w+)$/.exec(field) ?? [];
    if (name !== undefined && typeof value === 'string') {
      const after = value.trim() === '' ? null : Number(value);
      if (after !== (set[name] ?? null)) {
        patch[name] = after;
      }
    }
  }
  return patch;
}
