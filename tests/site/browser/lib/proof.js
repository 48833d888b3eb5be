// What an exhibit must show: proof/ENTRY.NAME.expect, as tools/machine/expect.py says. Of several blocks it is the first.

import { readFileSync } from 'node:fs';
import path from 'node:path';
import { TOP } from './terminal.js';

/** {outcome, expected, forbidden} of the exhibit whose kernel is the site's file `kernel`. */
export function proofOf(kernel) {
  const [, month, day, name] = /^(\d{4}-\d{2})\/(.*)\.([^.]+)\.kernel$/.exec(kernel);
  const entry = `${month}-${day}`;
  const file = path.join(TOP, `build/at/${entry}/tangled/proof/${entry}.${name}.expect`);
  const [lines] = readFileSync(file, 'utf8').split(/\n(?=on )/).map((block) => block.split('\n'));
  const after = (mark) => lines.filter((line) => line.startsWith(mark)).map((line) => line.slice(mark.length));
  return {
    outcome: after('exit ')[0],
    expected: after('| ').map((text) => new RegExp(text)),
    forbidden: after('! ').map((text) => new RegExp(text)),
  };
}
