// The settings of a deployment: from the options, or from the running Worker.

import { parseArgs } from 'node:util';
import { readSettings } from '../../src/env.ts';
import { Mistake } from '../terminal.ts';
import { oneOf, PLACE_OPTIONS, withUsage, type PlaceOptions } from './options.ts';
import type { RawConfig } from './place.ts';
import { SECRETS } from './secrets.ts';

const PLANS = ['free', 'paid'] as const;

export type DeployOptions = PlaceOptions & {
  plan: (typeof PLANS)[number] | null;
  domain: string | null;
  subdomain: string | undefined;
  vars: Record<string, string>;
  isDryRun: boolean;
  isAgreed: boolean;
};

const USAGE = `Usage: npm run deploy -- [--env staging] [--name NAME] [--plan free|paid] [--domain HOST]
                         [--subdomain NAME] [--var NAME=VALUE]... [--dry-run] [--yes]`;

export function readDeployOptions(args: string[]): DeployOptions {
  return withUsage(USAGE, () => {
    const { env, name, plan, domain, subdomain, var: vars = [], ...flags } = parse(args);
    return {
      env,
      name,
      plan: plan === undefined ? null : oneOf('--plan', plan, PLANS),
      domain: domain ?? null,
      subdomain,
      vars: Object.fromEntries(vars.map(readVar)),
      isDryRun: flags['dry-run'],
      isAgreed: flags.yes,
    };
  });
}

function parse(args: string[]) {
  const options = {
    ...PLACE_OPTIONS,
    plan: { type: 'string' },
    domain: { type: 'string' },
    subdomain: { type: 'string' },
    var: { type: 'string', multiple: true },
    'dry-run': { type: 'boolean', default: false },
    yes: { type: 'boolean', default: false },
  } as const;
  return parseArgs({ args, options }).values;
}

function readVar(text: string): [string, string] {
  const [, name, value] = /^([A-Z][A-Z0-9_]*)=(.*)$/s.exec(text) ?? [];
  if (name === undefined || value === undefined) {
    throw new Mistake(`--var takes NAME=VALUE, not ${JSON.stringify(text)}.`);
  }
  if (SECRETS.includes(name)) {
    throw new Mistake(
      `${name} is a secret, and --var sets plain variables. Set it in the environment: ${name}=… npm run deploy`,
    );
  }
  return [name, value];
}

/** The plain variables of the next version. Other variables of the Worker stay unchanged. */
export function chooseVars(options: DeployOptions, raw: RawConfig, running: Record<string, string>) {
  const chosen = {
    PLAN: options.plan ?? running['PLAN'] ?? 'free',
    ...(options.domain === null ? {} : { PUBLIC_URL: `https://${options.domain}` }),
    ...options.vars,
  };
  const all = { ...running, ...raw.vars, ...chosen };
  const { mistakes, usable } = readSettings(all);
  if (!usable) {
    throw new Mistake(`The gateway would not start with these variables: ${mistakes[0]}.`);
  }
  return { chosen, all };
}
