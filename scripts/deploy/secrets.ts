// Secrets of the gateway. What is generated is written to a file of this clone before Cloudflare hears of it, because
// Cloudflare never gives a secret back.

import { randomBytes } from 'node:crypto';
import { closeSync, existsSync, fsyncSync, openSync, readFileSync, renameSync, writeSync } from 'node:fs';
import { parseEnv } from 'node:util';
import { readSettings } from '../../src/env.ts';
import { Mistake } from '../terminal.ts';
import { shown } from './notes.ts';
import { makeFolder, type Place } from './place.ts';

export type Secrets = Record<string, string>;

/** Made where there is none: a Worker without them is closed. */
const GENERATED: Record<string, () => string> = {
  ADMIN_TOKENS: () => `ops:${randomBytes(32).toString('base64url')}`,
  VAULT_KEY: () => randomBytes(32).toString('base64'),
};

/** Taken from the environment where it has them. */
const GIVEN = ['READ_TOKENS'];

/** What a plain variable must not hold: those are shown at Cloudflare and lie in the config of the clone. */
export const SECRETS = [...Object.keys(GENERATED), ...GIVEN, 'RUNCOMFY_TOKEN', 'VAULT_KEY_PREVIOUS'];

/**
 * Refuses secrets of the environment with which the gateway would be closed: those that it would not take, and another
 * VAULT_KEY than the one that this clone keeps, which may be the only copy of what opens the vault.
 */
export function refuseClosing(place: Place): void {
  const names = [...Object.keys(GENERATED), ...GIVEN];
  const given = Object.fromEntries(names.map((name) => [name, fromEnvironment(name)]));
  const mistake = readSettings(given).mistakes.find((one) =>
    names.some((name) => given[name] !== undefined && one.startsWith(`${name}: `)),
  );
  if (mistake !== undefined) {
    throw new Mistake(`The gateway would not take this secret of the environment (${mistake}).`);
  }
  const { VAULT_KEY: kept } = readSecretsFile(place);
  if (kept !== undefined && given['VAULT_KEY'] !== undefined && given['VAULT_KEY'] !== kept) {
    throw new Mistake(
      `The VAULT_KEY of the environment is another one than that of ${shown(place.secretsFile)}, and opens nothing that is ` +
        'sealed with it.\nUnset it. To change the key: docs/vault.md; after that, put the new one into the file.',
    );
  }
}

/** Names of those that would have to be made. */
export function missingOf(place: Place, present: string[]): string[] {
  const kept = readSecretsFile(place);
  return Object.keys(GENERATED).filter(
    (name) => fromEnvironment(name) === undefined && !present.includes(name) && kept[name] === undefined,
  );
}

/**
 * What goes up with the next version; all other secrets stay as they are. The environment comes first. Else a secret that
 * the Worker has stays; what it lacks is taken from the file of a run that was cut, and `making` names what is made.
 */
export function chooseSecrets(place: Place, present: string[], making: string[]): Secrets {
  const kept = readSecretsFile(place);
  const upload: Secrets = {};
  for (const [name, make] of Object.entries(GENERATED)) {
    const known = fromEnvironment(name) ?? (present.includes(name) ? undefined : kept[name]);
    const value = known ?? (making.includes(name) ? make() : undefined);
    if (value !== undefined) {
      upload[name] = value;
    }
  }
  const isNew = Object.entries(upload).some(([name, value]) => kept[name] !== value);
  if (isNew) {
    writeSecretsFile(place, { ...kept, ...upload });
  }
  for (const name of GIVEN) {
    const value = fromEnvironment(name);
    if (value !== undefined) {
      upload[name] = value;
    }
  }
  return upload;
}

export function fromEnvironment(name: string): string | undefined {
  const value = process.env[name];
  return value === undefined || value === '' ? undefined : value;
}

export function readSecretsFile({ secretsFile }: Place): Secrets {
  if (!existsSync(secretsFile)) {
    return {};
  }
  const lines = Object.entries(parseEnv(readFileSync(secretsFile, 'utf8')));
  return Object.fromEntries(lines.map(([name, value]) => [name, value ?? '']));
}

/** Whole or not at all, and on the disk before anything else happens. */
function writeSecretsFile(place: Place, secrets: Secrets): void {
  makeFolder(place);
  const lines = Object.entries(secrets).map(([name, value]) => `${name}=${value}\n`);
  const next = `${place.secretsFile}.next`;
  const file = openSync(next, 'w', 0o600);
  writeSync(file, lines.join(''));
  fsyncSync(file);
  closeSync(file);
  renameSync(next, place.secretsFile);
}
