// The first steps of every command on a deployed gateway.

import { parseArgs } from 'node:util';
import { claimDeployment } from '../claim.ts';
import { connect, type Cloud } from './cloud.ts';
import { databaseOf, type Database } from './database.ts';
import { PLACE_OPTIONS, withUsage, type PlaceOptions } from './options.ts';
import { findPlace, makeFolder } from './place.ts';
import { requireDatabase } from './resources.ts';

/** The options of a command that takes only the options for its gateway. */
export function readPlaceOptions(args: string[], usage: string): PlaceOptions {
  return withUsage(usage, () => parseArgs({ args, options: PLACE_OPTIONS }).values);
}

export type Deployed = { cloud: Cloud; databaseId: string; database: Database };

export async function findDeployed(options: PlaceOptions): Promise<Deployed> {
  const place = findPlace(options);
  const cloud = await connect(place);
  const databaseId = await requireDatabase(cloud);
  makeFolder(place);
  process.once('exit', claimDeployment(place.folder));
  return { cloud, databaseId, database: databaseOf(cloud, databaseId) };
}
