// RunComfy is written in Python, whose integers have any number of digits, so it echoes every number exactly.

/** As JSON.parse, but a number that a double cannot hold keeps its digits when it is written again. */
export function parseExact(text: string): unknown {
  return JSON.parse(text, (_key, value, { source }) =>
    typeof value === 'number' && source !== undefined && String(value) !== source
      ? JSON.rawJSON(source)
      : value,
  );
}
