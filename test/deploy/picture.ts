// A terminal as a picture: lines of text in, SVG out, and back.

const COLUMNS = 100;
const CHARACTER = 8.4;
const LINE = 19;
const MARGIN = 16;
/** SVG would make one space of several. */
const NO_BREAK = '\u00a0';

export function pictureOf(lines: string[]): string {
  const width = COLUMNS * CHARACTER + 2 * MARGIN;
  const height = lines.length * LINE + 2 * MARGIN;
  const texts = lines.map((line, index) => {
    const y = MARGIN + (index + 1) * LINE - 5;
    // The width is said, so that every font puts the columns where they belong.
    const length = (line.length * CHARACTER).toFixed(1);
    return line === '' ? [] : `<text x="${MARGIN}" y="${y}" textLength="${length}">${escaped(line)}</text>`;
  });
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}">
<title>A first deployment in a terminal</title>
<rect width="100%" height="100%" rx="8" fill="#14181f"/>
<g font-family="ui-monospace, 'DejaVu Sans Mono', Menlo, Consolas, monospace" font-size="14" fill="#d5dbe5">
${texts.flat().join('\n')}
</g>
</svg>
`;
}

export function linesIn(svg: string): string[] {
  return [...svg.matchAll(/<text [^>]*>([^<]*)<\/text>/g)].map(([, line = '']) =>
    line.replaceAll(NO_BREAK, ' ').replaceAll('&lt;', '<').replaceAll('&amp;', '&'),
  );
}

function escaped(line: string): string {
  return line.replaceAll('&', '&amp;').replaceAll('<', '&lt;').replaceAll(' ', NO_BREAK);
}
