'use strict';

const CDP = require('chrome-remote-interface');
const { createRequire } = require('node:module');
const { VIEWPORT, digest, serve, tellEnds } = require('./steps.cjs');

tellEnds(createRequire(require.resolve('chrome-remote-interface'))('ws'));

// By a port: discovery, and a socket for each page. By a socket's address: the browser's socket, and a session for each page.
let where, browser, page, targetId, sessionId, disconnected, pending;

const send = (method, params = {}) => page.send(method, params, sessionId);
const isGone = error => /context was destroyed|context with specified id|Cannot find context|navigated or closed/.test(error.message);

async function evaluate(expression, awaitPromise = true) {
  const { result, exceptionDetails } = await send('Runtime.evaluate', { expression, awaitPromise, returnByValue: true });
  if (exceptionDetails) {
    throw new Error(exceptionDetails.exception?.description ?? exceptionDetails.text);
  }

  return result.value;
}

/** Waits for a page's event; where there are several of that name, for one that fits. */
function event(method, fits = () => true) {
  return new Promise(resolve => {
    const take = (params, from) => {
      if (from === sessionId && fits(params)) {
        page.off(method, take);
        resolve(params);
      }
    };
    page.on(method, take);
  });
}

async function text(selector) {
  const named = JSON.stringify(selector);
  while (true) {
    try {
      return await evaluate(`new Promise(found => {
        const look = () => document.querySelector(${named}) && found(document.querySelector(${named}).textContent);
        new MutationObserver(look).observe(document, { childList: true, subtree: true });
        look();
      })`);
    } catch (error) {
      // A navigation takes the page away under the question.
      if (!isGone(error)) {
        throw error;
      }
    }
  }
}

async function click(selector) {
  await text(selector);
  const { root } = await send('DOM.getDocument');
  const { nodeId } = await send('DOM.querySelector', { nodeId: root.nodeId, selector });
  const { model } = await send('DOM.getBoxModel', { nodeId });
  const [x, y] = [0, 1].map(axis => (model.content[axis] + model.content[axis + 4]) / 2);
  for (const type of ['mousePressed', 'mouseReleased']) {
    await send('Input.dispatchMouseEvent', { type, x, y, button: 'left', clickCount: 1 });
  }
}

serve({
  async connect({ address }) {
    const url = new URL(address);
    where = { host: url.hostname, port: Number(url.port) };
    if (url.protocol === 'ws:') {
      browser = await CDP({ target: address, local: true });
      return (await browser.Browser.getVersion()).product.replace('HeadlessChrome/', '');
    }

    return (await CDP.Version(where)).Browser.replace('HeadlessChrome/', '');
  },
  async open() {
    if (browser) {
      page = browser;
      ({ targetId } = await browser.Target.createTarget({ url: 'about:blank' }));
      ({ sessionId } = await browser.Target.attachToTarget({ targetId, flatten: true }));
    } else {
      const target = await CDP.New(where);
      targetId = target.id;
      page = await CDP({ ...where, target });
    }

    disconnected = new Promise(resolve => page.once('disconnect', resolve));
    await send('Page.enable');
    await send('Emulation.setDeviceMetricsOverride', { ...VIEWPORT, deviceScaleFactor: 1, mobile: false });
  },
  async navigate({ url }) {
    const loaded = event('Page.loadEventFired');
    const { errorText } = await send('Page.navigate', { url });
    if (errorText) {
      throw new Error(errorText);
    }

    await loaded;
    return evaluate('document.title');
  },
  evaluate: ({ expression }) => evaluate(expression),
  evaluateLong: async ({ expression }) => digest(await evaluate(expression)),
  click: ({ selector }) => click(selector),
  async type({ selector, text: typed }) {
    await click(selector);
    for (const character of typed) {
      await send('Input.dispatchKeyEvent', { type: 'char', text: character });
    }
  },
  text: ({ selector }) => text(selector),
  async download({ selector }) {
    await send('Browser.setDownloadBehavior', { behavior: 'allowAndName', downloadPath: '/nowhere', eventsEnabled: true });
    const begun = event('Browser.downloadWillBegin');
    const ended = event('Browser.downloadProgress', now => now.state !== 'inProgress');
    await click(selector);
    const { guid, suggestedFilename } = await begun;
    const { state, filePath } = await ended;
    if (state !== 'completed') {
      throw new Error(`The download was ${state}.`);
    }

    return { name: suggestedFilename, path: filePath ?? guid };
  },
  screenshot: async () => (await send('Page.captureScreenshot')).data,
  pdf: async () => (await send('Page.printToPDF')).data,
  hang() {
    pending = evaluate('new Promise(() => {})').then(() => 'answered', error => error.message);
  },
  async ended() {
    await disconnected;
    return pending;
  },
  async shut() {
    if (browser) {
      await browser.Target.closeTarget({ targetId });
    } else {
      await CDP.Close({ ...where, id: targetId });
    }
  },
  leave: () => page.close(),
});
