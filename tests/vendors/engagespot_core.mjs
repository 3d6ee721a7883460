// npm @engagespot/core 3: Engagespot's client for browsers, bundled as its users do: Node can't load its parts as they are.

import { checksOf, expect, expectRequest, require } from "./checks.mjs";
import { notify } from "./engagespot_app.mjs";

const { createInstance } = require(process.env.ENGAGESPOT_CORE);
const { check, wrong, end } = checksOf("@engagespot/core 3.0.1");

await notify("ada", "Shipped");
await notify("ada", "Arrived");
const client = createInstance({
  apiKey: process.env.ENGAGESPOT_API_KEY,
  userId: "ada",
  userSignature: "c2lnbmF0dXJl",
  baseUrl: process.env.ENGAGESPOT_BASE_URL,
  disableRtm: true,
  disableWebPush: true,
  disableAutoStart: true,
});

/** The data of an answer without an error. */
async function data(answer) {
  const { data, error } = await answer;
  if (error !== undefined) throw new Error(JSON.stringify(error));
  return data;
}
const page = () => data(client.notification.getByPage());
const id = async (title) => String((await page()).data.find((one) => one.title === title).id);

await check("connect", async () => {
  expect(await data(client.app.connect()), { unreadCount: 2, app: { name: "Sandbox" } });
});
await check("the inbox", async () => {
  expect((await page()).data.map((one) => one.title), ["Arrived", "Shipped"]);
});
await check("a notification by id", async () => {
  expect(await data(client.notification.getById(await id("Shipped"))), { title: "Shipped" });
});
await check("read", async () => {
  expect(await data(client.notification.markAsRead(await id("Shipped"))), {});
  expect((await page()).unreadCount, 1);
});
await check("state", async () => {
  const changed = client.notification.changeState({ id: await id("Shipped"), state: "confirmed" });
  expect(await data(changed), { title: "Shipped", state: "confirmed" });
});
await check("all seen, all read", async () => {
  await data(client.notification.markAllAsSeen({ limit: 15, page: 1 }));
  await expectRequest("notifications_mark_all_as_seen", 200);
  await data(client.notification.markAllAsRead());
  expect((await page()).unreadCount, 0);
});
await check("deletion", async () => {
  await data(client.notification.remove(await id("Shipped")));
  expect((await page()).data.map((one) => one.title), ["Arrived"]);
  await data(client.notification.removeAll());
  expect((await page()).data, []);
});
await check("preferences", async () => {
  const [category] = await data(client.preferences.getCategories());
  expect(category.identifier, "orders");
  await data(client.preferences.setPreferences([{ categoryId: category.id, channels: [{ channel: "inApp", enabled: false }] }]));
  const [preference] = await data(client.preferences.getPreferences());
  expect(preference.channelPreferences, [{ channel: "inApp", enabled: false }]);
});
await check("profile", async () => {
  expect(await client.preferences.setProfileAttributes({ firstName: "Ada" }), true);
  await expectRequest("profile_patch", 200);
});
await wrong("require", "its file for `require` is named as a module, so Node reads it as one", "require is not defined", () => require("@engagespot/core"));
end();
