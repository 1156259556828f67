'use strict';

const { chromium } = require('playwright-core');
const { PATIENCE, VIEWPORT, digest, serve } = require('./steps.cjs');

let browser, page, disconnected, pending;

serve({
  async connect({ address }) {
    browser = await chromium.connectOverCDP(address, { timeout: PATIENCE });
    disconnected = new Promise(resolve => browser.once('disconnected', resolve));
    return browser.version();
  },
  async open() {
    const context = await browser.newContext({ viewport: VIEWPORT });
    context.setDefaultTimeout(PATIENCE);
    page = await context.newPage();
  },
  async navigate({ url }) {
    await page.goto(url);
    return page.title();
  },
  evaluate: ({ expression }) => page.evaluate(expression),
  evaluateLong: async ({ expression }) => digest(await page.evaluate(expression)),
  click: ({ selector }) => page.click(selector),
  type: ({ selector, text }) => page.locator(selector).pressSequentially(text),
  text: ({ selector }) => page.textContent(selector),
  async download({ selector }) {
    const [download] = await Promise.all([page.waitForEvent('download'), page.click(selector)]);
    const failure = await download.failure();
    if (failure) {
      throw new Error(`The download failed: ${failure}`);
    }

    return { name: download.suggestedFilename(), path: await download.path() };
  },
  screenshot: async () => (await page.screenshot()).toString('base64'),
  pdf: async () => (await page.pdf()).toString('base64'),
  hang() {
    pending = page.evaluate('new Promise(() => {})').then(() => 'answered', error => error.message);
  },
  async ended() {
    await disconnected;
    return pending;
  },
  shut: () => page.context().close(),
  leave: () => browser.close(),
});
