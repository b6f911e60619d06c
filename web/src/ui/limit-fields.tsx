// Limits as a form: a field for each, empty where there is none. What is changed is sent, null for a limit that goes.

import { useLingui } from '@lingui/react/macro';
import { Field } from './field.tsx';

export type Limits = Record<string, number>;

/** The limits that the API knows; money ends in _usd. */
export function useLimitNames(): Record<string, string> {
  const { t } = useLingui();
  return {
    requests_per_minute: t`Requests a minute`,
    requests_per_day: t`Requests a day`,
    requests_per_month: t`Requests a month`,
    requests_total: t`Requests in all`,
    max_concurrent: t`Jobs at once`,
    spend_per_day_usd: t`USD a day`,
    spend_per_month_usd: t`USD a month`,
    spend_total_usd: t`USD in all`,
    tokens_per_minute: t`Browser tokens a minute`,
    files_bytes: t`Bytes of files`,
  };
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
          defaultValue={limits[name]}
          error={errors?.get(`limits.${name}`)}
        />
      ))}
    </fieldset>
  );
}

/** The patch that turns `before` into what the form says. */
export function limitsPatch(form: FormData, before: Limits): Record<string, number | null> {
  const patch: Record<string, number | null> = {};
  for (const [field, value] of form) {
    const [, name] = /^limits\.(\w+)$/.exec(field) ?? [];
    if (name !== undefined && typeof value === 'string') {
      const after = value.trim() === '' ? null : Number(value);
      if (after !== (before[name] ?? null)) {
        patch[name] = after;
      }
    }
  }
  return patch;
}
