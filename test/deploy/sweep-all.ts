// `npm run deploy:sweep`: each call of a first deployment cut in every way, as a table.

import { openCloud } from './cloudflare/cloud.ts';
import { CUTS, SLOTS, sweep, type Row } from './sweep.ts';
import { makeClone } from './support.ts';

function table(rows: Row[]): string {
  const byCall = Map.groupBy(rows, ({ number }) => number);
  const lines = [...byCall].map(([number, cuts]) => {
    const cells = CUTS.map((cut) => {
      const row = cuts.find((one) => one.cut === cut);
      return row === undefined ? '' : (row.wrong ?? 'whole');
    });
    return `| ${number} | \`${cuts[0]!.call}\` | ${cells.join(' | ')} |`;
  });
  return [
    `| | call of the first run | ${CUTS.join(' | ')} |`,
    '| --- | --- | --- | --- | --- |',
    ...lines,
  ].join('\n');
}

const rows = await sweep({
  stage: async () => ({ cloud: await openCloud(SLOTS), clone: makeClone() }),
  cutsAt: () => CUTS,
  onRow: ({ number, call, cut, wrong }) =>
    process.stderr.write(`${number} ${call} ${cut}: ${wrong ?? 'whole'}\n`),
});
process.stdout.write(`${table(rows)}\n`);
const broken = rows.filter(({ wrong }) => wrong !== null).length;
process.stdout.write(`\n${rows.length} cuts, ${broken} of them not whole after the second run\n`);
process.exitCode = broken === 0 ? 0 : 1;
