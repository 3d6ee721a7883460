// Renders hostile messages on the page of the sandbox: no request leaves its origin, and no script runs.

import { createServer } from "node:http";
import { check, client, equal, finish, startBrowser, startSandbox, startTrap } from "./setup.mjs";
import { hostileTexts } from "./templates.mjs";

const COUNT = Number(process.env.MESSAGES ?? 1000);
const SEED = Number(process.env.SEED ?? 1);

const sandbox = await startSandbox("--log-size", String(2 * COUNT));
const send = client(sandbox);
const trap = await startTrap();
const browser = await startBrowser(trap);

/** What a page does, beyond showing what the sandbox serves. */
async function watched() {
  const seen = { scripts: 0, outside: [] };
  const context = await browser.newContext({ viewport: { width: 1280, height: 1000 } });
  context.on("console", (message) => (seen.scripts += message.text() === "hostile script"));
  context.on("dialog", (dialog) => {
    seen.scripts += 1;
    dialog.dismiss().catch(() => {});
  });
  context.on("requestfinished", (request) => {
    if (/^https?:/.test(request.url()) && new URL(request.url()).origin !== sandbox.origin) seen.outside.push(request.url());
  });
  context.on("page", () => (seen.pages = (seen.pages ?? 0) + 1));
  return { seen, page: await context.newPage() };
}

const texts = hostileTexts(COUNT, SEED, sandbox.origin);
for (const [position, text] of texts.entries()) {
  const email = { from: { email: "shop@example.com" }, to: "ada@example.com", subject: position % 5 === 0 ? text.slice(0, 400) : `Message ${position}`, html: text, text };
  const { status } = await send("POST", "/engage/v1/send/email", email);
  if (status !== 200) check(`message ${position} is accepted`, false, status);
}
const { json } = await send("GET", `/api/messages?limit=${COUNT}`);
equal("all messages are in the outbox", json.messages.length, COUNT);
const requests = (await send("GET", "/api/requests?limit=0")).json.count;

// The check itself can fail: without the sandbox's protection the same texts load and run.
const control = await watched();
const server = createServer((request, response) => {
  response.setHeader("content-type", "text/html; charset=utf-8");
  response.end(texts[Number(request.url.slice(1))] ?? "");
});
await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
for (const position of [0, 1, 12, 13]) {
  await control.page.goto(`http://127.0.0.1:${server.address().port}/${position}`).catch(() => {});
  await control.page.waitForTimeout(200);
}
await control.page.context().close();
server.close();
check(`unprotected, they run scripts (${control.seen.scripts}) and connect (${trap.connections})`, control.seen.scripts > 0 && trap.connections > 0);
trap.connections = 0;

const { seen, page } = await watched();
await page.goto(`${sandbox.origin}/#/messages`);
await page.locator("#items .rows li").first().waitFor();
let rendered = 0;
let clicked = 0;
const started = Date.now();
for (const { key } of json.messages) {
  const address = `/api/messages/${encodeURIComponent(key)}/html`;
  const response = page.waitForResponse((response) => response.url().endsWith(address));
  await page.evaluate((key) => (location.hash = `#/messages/${encodeURIComponent(key)}`), key);
  await (await response).finished();
  const frame = page.frames().find((frame) => frame.url().endsWith(address));
  await frame?.waitForLoadState("load").catch(() => {});
  rendered += frame !== undefined;
  // What the message shows at its top is clicked too.
  if (rendered % 4 === 0) {
    const box = await page.locator("#detail iframe").boundingBox();
    if (box !== null) {
      await page.mouse.click(box.x + 40, box.y + 18);
      clicked += 1;
    }
  }
}
await page.waitForTimeout(1000);
console.log(`${rendered} messages rendered and ${clicked} clicked in ${Math.round((Date.now() - started) / 1000)} s`);
equal("all messages were rendered", rendered, COUNT);
check("connections to other hosts: 0", trap.connections === 0, trap.connections, trap.hosts.slice(0, 10));
equal("requests that left the origin", seen.outside, []);
equal("scripts that ran", seen.scripts, 0);
equal("pages that were opened", seen.pages, 1);
equal("the page is where it was", new URL(page.url()).pathname, "/");
equal("nothing wrote into the page", await page.evaluate(() => typeof window.ran), "undefined");
equal("requests to providers", (await send("GET", "/api/requests?limit=0")).json.count - requests, 0);

await browser.close();
sandbox.stop();
finish();
