// npm @engagespot/core 1: Engagespot's earlier client for browsers, which Node runs as well.

import { checksOf, expect, expectRequest, require } from "./checks.mjs";
import { notify } from "./engagespot_app.mjs";

const { default: Engagespot } = require("@engagespot/core");
const { check, wrong, end } = checksOf("@engagespot/core 1.3.8");

await notify("ada", "Shipped");
await notify("ada", "Arrived");
const client = new Engagespot(process.env.ENGAGESPOT_API_KEY, {
  userId: "ada",
  userSignature: "c2lnbmF0dXJl",
  baseURL: process.env.ENGAGESPOT_BASE_URL,
});
const page = () => client.getNotificationList().fetch();
const find = async (title) => (await page()).data.find((one) => one.title === title);

await check("connect", async () => {
  expect(await client.isReady(), true);
  // The sandbox has no live updates, and the client would try for ever.
  client.rtmClient.disconnect();
  expect(client.unreadCount, 2);
});
await check("the inbox", async () => {
  const { totalCount, data } = await page();
  expect({ totalCount, titles: data.map((one) => one.title) }, { totalCount: 2, titles: ["Arrived", "Shipped"] });
});
await check("read, unread, unseen", async () => {
  const { id } = await find("Shipped");
  expect((await client.markAsRead(id)).id, id);
  expect((await page()).unreadCount, 1);
  const notification = await find("Shipped");
  expect((await notification.markAsUnRead()).id, id);
  expect((await page()).unreadCount, 2);
  expect((await notification.markAsUnSeen()).id, id);
  await expectRequest("notifications_mark_as_unseen", 200);
});
await check("state", async () => {
  const { id } = await find("Shipped");
  expect(await client.changeNotificationState(id, { state: "confirmed" }), { id, state: "confirmed" });
});
await check("all seen, all read", async () => {
  await client.markAllAsSeen(1, 15);
  await expectRequest("notifications_mark_all_as_seen", 200);
  await client.markAllAsRead();
  expect((await page()).unreadCount, 0);
});
await check("deletion", async () => {
  const notification = await find("Shipped");
  expect((await notification.delete()).id, notification.id);
  expect((await page()).data.length, 1);
});
await check("preferences", async () => {
  const [category] = await client.getCategories();
  await client.setPreferences([{ categoryId: category.id, channels: [{ channel: "inApp", enabled: false }] }]);
  const [preference] = await client.getPreferences();
  expect(preference.channelPreferences, [{ channel: "inApp", enabled: false }]);
});
await check("profile", async () => {
  await client.setProfileAttributes({ firstName: "Ada" });
  await expectRequest("profile_update", 200);
});
const nested = "it expects the fields in `data`, which the documented answer does not have";
await wrong("a notification by id", nested, "reading 'title'", async () => {
  await (await find("Arrived")).fetch();
});
await check("deletion of all", async () => {
  await client.deleteAllNotifications();
  expect((await page()).data, []);
});
end();
