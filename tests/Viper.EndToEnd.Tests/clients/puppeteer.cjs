'use strict';

// Its argument names the package, for two versions are installed side by side.
const name = process.argv[2];
const { createRequire } = require('node:module');
const { default: puppeteer } = require(name);
const { PATIENCE, VIEWPORT, digest, serve, tellEnds } = require('./steps.cjs');

tellEnds(createRequire(require.resolve(name))('ws'));

let browser, context, page, disconnected, pending;

serve({
  async connect({ address }) {
    const where = address.startsWith('ws:') ? { browserWSEndpoint: address } : { browserURL: address };
    browser = await puppeteer.connect({ ...where, defaultViewport: VIEWPORT, protocolTimeout: PATIENCE });
    disconnected = new Promise(resolve => browser.once('disconnected', resolve));
    return (await browser.version()).replace('HeadlessChrome/', '');
  },
  async open() {
    context = await browser.createBrowserContext({ downloadBehavior: { policy: 'allowAndName', downloadPath: '/nowhere' } });
    page = await context.newPage();
    page.setDefaultTimeout(PATIENCE);
  },
  async navigate({ url }) {
    await page.goto(url);
    return page.title();
  },
  evaluate: ({ expression }) => page.evaluate(expression),
  evaluateLong: async ({ expression }) => digest(await page.evaluate(expression)),
  click: ({ selector }) => page.click(selector),
  type: ({ selector, text }) => page.type(selector, text),
  text: async ({ selector }) => (await page.waitForSelector(selector)).evaluate(found => found.textContent),
  async download({ selector }) {
    // Not the session of browser.target(): Chrome has a browser target for each connection, and the first may be another client's.
    const session = await page.createCDPSession();
    const begun = new Promise(resolve => session.once('Browser.downloadWillBegin', resolve));
    const ended = new Promise(resolve => session.on('Browser.downloadProgress', now => now.state !== 'inProgress' && resolve(now)));
    await session.send('Browser.setDownloadBehavior', {
      behavior: 'allowAndName', browserContextId: context.id, downloadPath: '/nowhere', eventsEnabled: true,
    });
    await page.click(selector);
    const { guid, suggestedFilename } = await begun;
    const { state, filePath } = await ended;
    await session.detach();
    if (state !== 'completed') {
      throw new Error(`The download was ${state}.`);
    }

    return { name: suggestedFilename, path: filePath ?? guid };
  },
  screenshot: async () => Buffer.from(await page.screenshot()).toString('base64'),
  pdf: async () => Buffer.from(await page.pdf()).toString('base64'),
  hang() {
    pending = page.evaluate('new Promise(() => {})').then(() => 'answered', error => error.message);
  },
  async ended() {
    await disconnected;
    return pending;
  },
  shut: () => context.close(),
  leave: () => browser.close(),
});
