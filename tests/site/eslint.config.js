// What JavaScript may not have, in pages and in tests (browser/eslint.test.js).

const RULES = [
  'eqeqeq', 'no-dupe-keys', 'no-fallthrough', 'no-redeclare', 'no-self-assign', 'no-undef', 'no-unreachable', 'no-unsafe-finally',
  'no-unsafe-optional-chaining', 'no-unused-vars', 'no-var', 'prefer-const', 'use-isnan', 'valid-typeof',
];
// What browsers, workers and Node have, as far as it is used; daybook, daybookBoot and axe are the pages' own.
const NAMES = `
  Blob Buffer DOMParser DecompressionStream Event ImageData KeyboardEvent MessageChannel MutationObserver Node OffscreenCanvas Option PerformanceObserver
  ResizeObserver Response TextDecoder TextEncoder URL URLSearchParams WebAssembly Worker WorkerGlobalScope atob axe clearTimeout console
  createImageBitmap daybook daybookBoot document fetch getComputedStyle getSelection history innerHeight innerWidth localStorage location
  matchMedia module navigator performance process require scrollTo scrollX scrollY setTimeout window
`.trim().split(/\s+/);

export default [{
  rules: Object.fromEntries(RULES.map((rule) => [rule, 'error'])),
  languageOptions: { globals: Object.fromEntries(NAMES.map((name) => [name, 'readonly'])) },
}];
