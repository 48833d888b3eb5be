// axe on a page as it is now: every violation of WCAG 2.0 to 2.2, levels A and AA, that it can see.

import { readFileSync } from 'node:fs';
import { createRequire } from 'node:module';

const AXE = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8');
const ALL = {
  runOnly: { type: 'tag', values: ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa'] },
  rules: { 'target-size': { enabled: true } }, // which axe leaves out unless it is told
  resultTypes: ['violations'],
};
const COLOURS = { runOnly: { type: 'rule', values: ['color-contrast', 'link-in-text-block'] }, resultTypes: ['violations'] };

async function run(page, options, parts) {
  await page.evaluate(AXE);
  const found = await page.evaluate(([chosen, selectors]) => {
    const there = selectors.filter((selector) => document.querySelector(selector));
    return axe.run(selectors.length ? { include: there } : document, chosen).then((result) => result.violations);
  }, [options, parts]);
  return found.map(({ id, help, nodes }) => ({
    id, help, count: nodes.length, first: nodes[0].html, why: nodes[0].failureSummary,
  }));
}

/**
 * What axe has against the page, in a form that says what to mend: against all of it, or the parts that are there of those
 * that `parts` select.
 */
export const violations = (page, ...parts) => run(page, ALL, parts);

/** The same, of what depends on colours alone: for a page that differs in nothing else from one that was looked at. */
export const colourViolations = (page, ...parts) => run(page, COLOURS, parts);
