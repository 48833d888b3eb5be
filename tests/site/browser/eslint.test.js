// eslint is content with all JavaScript of the project, and notices mistakes.

import assert from 'node:assert/strict';
import { execFileSync } from 'node:child_process';
import { test } from 'node:test';
import { ESLint } from 'eslint';
import { TOP } from './lib/site.js';

const eslint = new ESLint({ cwd: TOP, overrideConfigFile: 'tests/site/eslint.config.js' });
const said = (results) => results.flatMap(({ filePath, messages }) => messages.map(({ line, message }) => `${filePath}:${line}: ${message}`));
const files = execFileSync('git', ['ls-files', '*.js', '*.mjs'], { cwd: TOP, encoding: 'utf8' }).trim().split('\n');

test('eslint is content with every file', async () => {
  assert.ok(files.length > 50);
  assert.deepEqual(said(await eslint.lintFiles(files)), []);
});

test('eslint notices mistakes', async () => {
  for (const wrong of ['nobody();', 'const unused = 1;', 'let a = 1; a === 2 && a == 1;', 'var b = 1; export default b;']) {
    assert.notDeepEqual(said(await eslint.lintText(wrong, { filePath: 'tests/site/wrong.js' })), [], wrong);
  }
});
