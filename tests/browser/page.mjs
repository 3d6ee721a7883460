// Clicks through the page of the sandbox.

import { join } from "node:path";
import { check, client, equal, finish, startBrowser, startSandbox } from "./setup.mjs";

const sandbox = await startSandbox();
const send = client(sandbox);
const browser = await startBrowser();
const errors = [];

async function open(options = {}) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const page = await context.newPage();
  page.on("console", (message) => message.type() === "error" && errors.push(message.text()));
  page.on("pageerror", (error) => errors.push(String(error)));
  page.setDefaultTimeout(20_000);
  await page.goto(sandbox.origin);
  await page.getByText("Live", { exact: true }).waitFor();
  return page;
}

async function screenshot(page, name) {
  if (process.env.SCREENSHOTS) await page.screenshot({ path: join(process.env.SCREENSHOTS, `${name}.png`) });
}

const rows = (page) => page.locator("#items .rows li");
const texts = async (locator) => (await locator.allTextContents()).map((text) => text.trim());
/** Waits until there are so many rows. */
const rowsAre = async (page, count) => {
  await page.waitForFunction((count) => document.querySelectorAll("#items .rows li").length === count, count).catch(() => {});
  return rows(page).count();
};
const shows = async (page, hash) => {
  await page.waitForFunction((hash) => document.body.dataset.shown === hash, hash);
};

const page = await open();
await page.getByText("No requests yet").waitFor();
check("an empty sandbox says so", true);

// What happens while the page is open appears on it.
const contact = { properties: [{ name: "email", value: "ada@example.com" }, { name: "name", value: "Ada" }], tags: [{ tag: "pioneer" }] };
equal("a contact is created", (await send("POST", "/engagebay/dev/api/panel/subscribers/subscriber", contact)).status, 200);
equal("a request appears", await rowsAre(page, 1), 1);
await send("GET", "/engagebay/dev/api/panel/subscriber");
await send("POST", "/engagebay/dev/api/panel/subscribers/subscriber", { properties: [{ name: "email", value: 7 }], tagss: [] });
await send("GET", "/engage/v1/nothing?to=ada@example.com");
const html = `<h1 style="color:#1f5fcf">Welcome, {{name}}</h1><p>Your order <b>1001</b> is on its way.</p>
  <p><img src="https://tracker.example/pixel.png" alt="A picture"> <a href="https://shop.example/orders/1001">See the order</a></p>`;
const email = {
  from: { name: "Shop", email: "shop@example.com" }, to: "ada@example.com", subject: "Your order, {{name}}", html, text: "Your order 1001",
  template_variables: { name: "Ada" },
};
await send("POST", "/engage/v1/send/email", email);
await send("POST", "/engage/v1/send/sms", { from: "Shop", to: "+15555550101", body: "Your code is 123 456", source: "twilio" });
await send("POST", "/engagespot/v3/users", { identifier: "ada", email: "ada@example.com", phoneNumber: "+15555550101" });
const notification = { notification: { title: "Parcel delivered", message: "It is at your door." }, sendTo: { recipients: ["ada"] }, override: { channels: ["inApp", "webPush"] } };
await send("POST", "/engagespot/v3/notifications", notification);
await send("POST", "/api/faults", { fault: "tags_list: status=503 message=\"try later\"" });
await send("GET", "/engagebay/dev/api/panel/tags");
await send("POST", "/webengage/v1/accounts/sandbox0/users", { userId: "ada", firstName: "Ada", attributes: { plan: "gold" } });
equal("all requests appear", await rowsAre(page, 10), 10);
await screenshot(page, "requests-light");

// A refused request.
await page.getByRole("link", { name: /subscriber.*no operation/ }).first().click();
await page.locator("#detail .note.bad").waitFor();
check("the refusal says why", (await page.locator("#detail .note.bad").textContent()).includes("has no operation at /engagebay/dev/api/panel/subscriber"));
check("near misses are listed", (await page.locator("#detail .note.bad").textContent()).includes("did you mean"));
await screenshot(page, "request-refused");
equal("the chosen row is marked", await page.locator('#items a[aria-current="true"]').count(), 1);

// An accepted request.
await page.locator("#items a", { hasText: "contacts_create" }).last().click();
await page.locator('pre[aria-label="Rust"]').waitFor();
const curl = await page.locator('pre[aria-label="curl"]').textContent();
check("curl has no credentials", curl.includes("$ENGAGEBAY_API_KEY") && !curl.includes(sandbox.env.ENGAGEBAY_API_KEY), curl);
check("the Rust call names group and action", (await page.locator('pre[aria-label="Rust"]').textContent()).includes("client.contacts().create(body)"));
await screenshot(page, "request");
const whole = await page.locator("html").textContent();
for (const [name, value] of Object.entries(sandbox.env)) {
  if (/KEY|SECRET|TOKEN/.test(name)) check(`${name} is not shown`, !whole.includes(value));
}

// Search and filters.
await page.getByRole("searchbox").fill("notifications_send");
equal("search", await rowsAre(page, 1), 1);
await page.getByRole("searchbox").fill("");
await page.getByLabel("Provider").selectOption("engage");
equal("filter by provider", await rowsAre(page, 3), 3);
await page.getByLabel("Kind of request").selectOption("refused");
equal("filter by kind", await rowsAre(page, 1), 1);
await page.getByLabel("Kind of request").selectOption("fault");
await page.getByLabel("Provider").selectOption("");
await rowsAre(page, 1);
equal("requests with faults", await rows(page).locator(".main-text").allTextContents(), ["tags_list"]);
await page.getByLabel("Kind of request").selectOption("");

// Messages.
await page.getByRole("navigation").getByRole("link", { name: "Messages" }).click();
equal("messages appear", await rowsAre(page, 4), 4);
await page.getByRole("link", { name: /Your order, Ada/ }).click();
const mail = page.frameLocator("#detail iframe");
equal("the e-mail is rendered", await mail.locator("h1").textContent(), "Welcome, Ada");
equal("the frame has no permissions", await page.locator("#detail iframe").getAttribute("sandbox"), "");
await screenshot(page, "message-email");
await page.getByRole("link", { name: /Your code is/ }).click();
equal("an SMS", await page.locator("#detail .bubble").textContent(), "Your code is 123 456");
await screenshot(page, "message-sms");
await page.getByRole("link", { name: /Parcel delivered.*in-app/ }).click();
await page.locator("#detail .card").waitFor();
equal("an in-app notification", await page.locator("#detail .card").textContent(), "Parcel deliveredIt is at your door.");
await screenshot(page, "message-in-app");

// Records.
await page.getByRole("navigation").getByRole("link", { name: "Records" }).click();
await page.locator("summary", { hasText: "contacts" }).click();
await page.locator("summary", { hasText: "ada@example.com" }).first().click();
check("a record is shown", (await page.locator("#items details[open] pre").first().textContent()).includes("pioneer"));
await screenshot(page, "records");

// Fault switches.
await page.getByRole("navigation").getByRole("link", { name: "Faults" }).click();
const toggle = page.getByRole("switch", { name: "500 for engagebay" });
await toggle.click();
await page.locator("#fault-list code", { hasText: "engagebay: status=500 always" }).waitFor();
equal("a switch lets requests fail", (await send("GET", "/engagebay/dev/api/panel/tags")).status, 500);
await page.getByLabel("Requests to", { exact: true }).fill("contacts_creat");
await page.getByRole("button", { name: "Set fault" }).click();
await page.getByText("did you mean").waitFor();
await screenshot(page, "faults");
await page.getByLabel("Requests to", { exact: true }).fill("contacts_create");
await page.getByRole("button", { name: "Set fault" }).click();
await page.locator("#fault-list code", { hasText: "contacts_create: status=429" }).waitFor();
await toggle.click();
await page.locator("#fault-list code", { hasText: "engagebay: status=500" }).waitFor({ state: "detached" });
equal("a switch ends it", (await send("GET", "/engagebay/dev/api/panel/tags")).status, 200);
await page.getByRole("button", { name: /Remove the fault contacts_create/ }).click();
await page.getByText("No faults are set").waitFor();

// Verdicts and the clock.
await page.getByRole("navigation").getByRole("link", { name: "Verdicts" }).click();
equal("verdicts", await rowsAre(page, 2), 2);
check("a verdict says why", (await rows(page).last().textContent()).includes("personal-data-in-url"));
await screenshot(page, "verdicts");
const before = (await send("GET", "/api/clock")).json.now;
await page.getByRole("button", { name: "Advance the clock by one day" }).click();
await page.locator("#announcement", { hasText: "The clock shows" }).waitFor({ state: "attached" });
const passed = Date.parse((await send("GET", "/api/clock")).json.now) - Date.parse(before);
check("the clock is advanced by a day", passed >= 86_400_000 && passed < 86_500_000, passed);

// The keyboard.
await page.goto(`${sandbox.origin}/#/requests`);
await shows(page, "#/requests");
await page.keyboard.press("/");
equal("/ leads to the search", await page.evaluate(() => document.activeElement.id), "search");
await page.locator("#items a").first().focus();
await page.keyboard.press("Enter");
await page.waitForFunction(() => document.activeElement.id === "detail");
check("a detail gets the focus", true);
await page.keyboard.press("Escape");
await page.waitForFunction(() => document.activeElement.closest("#items a"));
check("Escape leads back to the row", true);
await page.locator("#items a").nth(2).focus();
const focused = await page.evaluate(() => document.activeElement.hash);
await send("GET", "/engage/v1/lists");
equal("a new request appears", await rowsAre(page, 13), 13);
equal("the focus stays when requests arrive", await page.evaluate(() => document.activeElement.hash), focused);
const unnamed = await page.evaluate(() =>
  [...document.querySelectorAll("button, a, input, select, iframe")].filter((one) =>
    !(one.getAttribute("aria-label") || one.title || one.textContent.trim() || one.labels?.length)).map((one) => one.outerHTML));
equal("everything to click has a name", unnamed, []);

// Dark, and narrow.
const dark = await open({ colorScheme: "dark" });
await dark.goto(`${sandbox.origin}/#/requests/3`);
await dark.locator("#detail .note.bad").waitFor();
await screenshot(dark, "requests-dark");
const darkBack = await dark.evaluate(() => getComputedStyle(document.body).backgroundColor);
check("dark is dark", darkBack !== (await page.evaluate(() => getComputedStyle(document.body).backgroundColor)), darkBack);
await dark.goto(`${sandbox.origin}/#/faults`);
await dark.getByRole("switch").first().waitFor();
await screenshot(dark, "faults-dark");
const narrow = await open({ viewport: { width: 380, height: 760 } });
await rowsAre(narrow, 13);
await screenshot(narrow, "requests-narrow");
for (const view of ["requests", "messages", "records", "faults", "verdicts", "requests/3", "requests/1"]) {
  await narrow.goto(`${sandbox.origin}/#/${view}`);
  await shows(narrow, `#/${view}`);
  const width = await narrow.evaluate(() => document.documentElement.scrollWidth);
  check(`${view} fits a narrow screen`, width <= 380, width);
}
check("the list makes room for the detail", !(await narrow.locator("#list").isVisible()));
await screenshot(narrow, "request-narrow");
await narrow.getByRole("link", { name: "Back to the list" }).click();
await narrow.locator("#list").waitFor();
await narrow.goto(`${sandbox.origin}/#/faults`);
await shows(narrow, "#/faults");
await screenshot(narrow, "faults-narrow");

// Reset.
await page.getByRole("button", { name: "Reset", exact: true }).click();
await screenshot(page, "reset");
await page.getByRole("dialog").getByRole("button", { name: "Cancel" }).click();
equal("cancelling changes nothing", (await send("GET", "/api/requests")).json.count, 13);
await page.getByRole("button", { name: "Reset", exact: true }).click();
await page.getByRole("dialog").getByRole("button", { name: "Reset" }).click();
await page.getByText("No requests yet").waitFor();
equal("reset deletes requests", (await send("GET", "/api/requests")).json.count, 0);
equal("and messages", (await send("GET", "/api/messages")).json.count, 0);

equal("no error in the console", errors.filter((text) => !text.includes("tracker.example") && !text.includes("status of 400")), []);
await browser.close();
sandbox.stop();
finish();
