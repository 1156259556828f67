'use strict';

// A client is told one step a line on stdin, as {"step": NAME, …}, and answers each with one line on stdout:
// {"value": …}, or {"error": TEXT} where the step failed. It ends with its stdin.
const { createHash } = require('node:crypto');
const { createInterface } = require('node:readline');

/** How long a client waits for a browser in an emulated machine, in milliseconds. */
exports.PATIENCE = 300_000;

/** The size of every client's page. */
exports.VIEWPORT = { width: 1280, height: 800 };

/** What is said of a text that is too long to be handed on. */
exports.digest = text => ({ length: text.length, sha256: createHash('sha256').update(text).digest('hex') });

/** Takes steps until stdin ends; each is a method of `client`. */
exports.serve = client => {
  const lines = createInterface({ input: process.stdin });
  let before = Promise.resolve();
  lines.on('line', line => {
    before = before.then(() => answer(client, JSON.parse(line)));
  });
  lines.on('close', () => before.then(() => process.exit(0)));
};

/** Tells on stderr how each WebSocket of the package `ws` ended, as Playwright does by itself. */
exports.tellEnds = WebSocket => {
  const emit = WebSocket.prototype.emit;
  WebSocket.prototype.emit = function (event, ...values) {
    if (event === 'close') {
      process.stderr.write(`<ws disconnected> ${this.url} code=${values[0]} reason=${values[1]}\n`);
    }

    return emit.call(this, event, ...values);
  };
};

async function answer(client, { step, ...values }) {
  let said;
  try {
    said = { value: (await client[step](values)) ?? null };
  } catch (error) {
    said = { error: String(error?.stack ?? error) };
  }

  process.stdout.write(JSON.stringify(said) + '\n');
}
