// The remaining limits of the visitor's token.

import type { LimitUsage } from 'comfygate';
import { dollars } from './price.ts';

export function Left({ limits }: { limits: LimitUsage[] }) {
  const shown = limits.filter(({ name }) => name in WORDS);
  return shown.length === 0 ? null : (
    <section aria-labelledby="left" className="rounded-2xl border border-line bg-panel p-4 shadow-sm sm:p-5">
      <h2 id="left" className="mb-3 font-medium">
        Left in this visit
      </h2>
      <div className="grid gap-4 sm:grid-cols-2">
        {shown.map((limit) => (
          <Bar key={limit.name} limit={limit} />
        ))}
      </div>
    </section>
  );
}

const WORDS: Record<string, (limit: LimitUsage) => string> = {
  requests_total: ({ left, max }) => `${left} of ${max} runs`,
  spend_total_usd: ({ left, max }) => `${dollars(left)} of ${dollars(max)}`,
};

function Bar({ limit }: { limit: LimitUsage }) {
  const text = WORDS[limit.name]?.(limit) ?? '';
  return (
    <div>
      <p className="mb-1.5 tabular-nums">{text}</p>
      <div
        role="meter"
        aria-label={text}
        aria-valuemin={0}
        aria-valuemax={limit.max}
        aria-valuenow={limit.left}
        className="h-2 overflow-hidden rounded-full bg-raised"
      >
        <div
          className="h-full rounded-full bg-accent transition-[width] duration-500"
          style={{ width: `${(100 * limit.left) / limit.max}%` }}
        />
      </div>
    </div>
  );
}
