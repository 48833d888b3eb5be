// Every page is valid HTML, to both of the checkers that there are.

import assert from 'node:assert/strict';
import { spawnSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import path from 'node:path';
import { test } from 'node:test';
import { HtmlValidate } from 'html-validate';
import vnu from 'vnu-jar';
import { ROOT, pages } from './lib/site.js';

test('vnu finds no error', () => {
  const files = pages.map((page) => path.join(ROOT, page));
  const { status, stdout, stderr } = spawnSync('java', ['-jar', vnu, '--errors-only', ...files], { encoding: 'utf8' });
  assert.equal(stdout + stderr, '');
  assert.equal(status, 0);
});

test('html-validate finds no error', async (t) => {
  const config = JSON.parse(readFileSync(new URL('htmlvalidate.json', import.meta.url)));
  const checker = new HtmlValidate(config);
  for (const page of pages) {
    await t.test(page, async () => {
      const { results } = await checker.validateFile(path.join(ROOT, page));
      const problems = results.flatMap((result) => result.messages)
        .map(({ line, column, message, ruleId }) => `${page}:${line}:${column}: ${message} (${ruleId})`);
      assert.deepEqual(problems, []);
    });
  }
});
