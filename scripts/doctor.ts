// `npm run doctor`: lists the problems of a deployed gateway, each with the command that fixes it.

import { readPlaceOptions } from './deploy/command.ts';
import { connect } from './deploy/cloud.ts';
import { examine } from './deploy/examine.ts';
import { findPlace } from './deploy/place.ts';
import { giveUp, say } from './terminal.ts';

const USAGE = 'Usage: npm run doctor -- [--env staging] [--name NAME]';

async function doctor(): Promise<void> {
  const cloud = await connect(findPlace(readPlaceOptions(process.argv.slice(2), USAGE)));
  const findings = await examine(cloud);
  for (const { what, sentence, mend } of findings) {
    say(`${mend === undefined ? ' ok ' : ' ** '} ${what.padEnd(10)}  ${sentence}`);
    if (mend !== undefined) {
      say(`                  → ${mend}`);
    }
  }
  const wrong = findings.filter(({ mend }) => mend !== undefined).length;
  say(wrong === 0 ? '\nNo problems found.' : `\n${wrong} of ${findings.length} checks found a problem.`);
  process.exitCode = wrong === 0 ? 0 : 1;
}

doctor().catch(giveUp);
