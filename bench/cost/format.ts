// How docs/cost.md writes numbers, money and tables: aligned, so that the source reads as well as the page.

const WHOLE = new Intl.NumberFormat('en-US', { maximumFractionDigits: 0 });

export function whole(value: number): string {
  return WHOLE.format(value);
}

/** A count or a mean: whole where it is, else with two decimals. */
export function amount(value: number): string {
  return Number.isInteger(value) ? whole(value) : value.toFixed(2);
}

/** To the cent; what is more than nothing never looks like nothing. */
export function dollars(micros: number): string {
  if (micros > 0 && micros < 5_000) {
    return '<0.01';
  }
  return (micros / 1e6).toLocaleString('en-US', { minimumFractionDigits: 2, maximumFractionDigits: 2 });
}

/** The first column to the left, all others to the right. */
export function table([head = [], ...rows]: string[][]): string {
  const widths = head.map((_, column) =>
    Math.max(3, ...[head, ...rows].map((row) => (row[column] ?? '').length)),
  );
  const line = (cells: string[]) =>
    `| ${cells.map((cell, column) => pad(cell, column, widths[column] ?? 0)).join(' | ')} |`;
  const rule = widths.map((width, column) =>
    column === 0 ? '-'.repeat(width) : `${'-'.repeat(width - 1)}:`,
  );
  return [line(head), line(rule), ...rows.map(line)].join('\n');
}

function pad(cell: string, column: number, width: number): string {
  return column === 0 ? cell.padEnd(width) : cell.padStart(width);
}

/** A point of a list. */
export function item(text: string): string {
  return `- ${paragraph(text).replaceAll('\n', '\n  ')}`;
}

/** Breaks a paragraph into lines of at most 98 characters, so that a list's indent fits. */
export function paragraph(text: string): string {
  const lines: string[] = [];
  for (const word of text.split(/\s+/)) {
    const last = lines.at(-1);
    if (last === undefined || last.length + word.length >= 98) {
      lines.push(word);
    } else {
      lines[lines.length - 1] = `${last} ${word}`;
    }
  }
  return lines.join('\n');
}
