// npm @engagespot/node: Engagespot's client for backends.

import { generateKeyPairSync } from "node:crypto";

import { checksOf, expect, expectRequest, require } from "./checks.mjs";

const { EngagespotClient } = require("@engagespot/node");
const { check, wrong, end } = checksOf("@engagespot/node 1.7.0");
// The client prints every error before it throws it.
console.error = () => {};

const { privateKey } = generateKeyPairSync("rsa", { modulusLength: 2048 });
const client = EngagespotClient({
  apiKey: process.env.ENGAGESPOT_API_KEY,
  apiSecret: process.env.ENGAGESPOT_API_SECRET,
  signingKey: privateKey.export({ type: "pkcs8", format: "pem" }),
});
const list = () => client.inAppInbox.fetch("ada");

await check("a user with a profile", async () => {
  expect(await client.users.createOrUpdateUser("ada", { email: "ada@example.com" }), { identifier: "ada" });
});
await check("a user without a profile", async () => {
  expect(await client.users.createOrUpdateUser("grace"), { identifier: "grace" });
});
await check("a user with null as profile", async () => {
  expect(await client.users.createOrUpdateUser("grace", null), { identifier: "grace" });
});
await check("a send", async () => {
  const receipt = await client.send({ notification: { title: "Shipped" }, sendTo: { recipients: ["ada"] } });
  expect(typeof receipt.requestId, "string");
});
await check("a send with null as data", async () => {
  await client.send({ notification: { title: "Arrived", message: null }, data: null, sendTo: { recipients: ["ada"] } });
  await expectRequest("notifications_send", 202);
});
await check("the inbox", async () => {
  const page = await list();
  expect(page.data.map((one) => one.title), ["Arrived", "Shipped"]);
  expect(page.pagination.totalCount, 2);
});
await check("read, unread, unseen", async () => {
  const { id } = (await list()).data[0];
  expect((await client.inAppInbox.markNotificationAsRead(id)).data, {});
  expect((await list()).unreadCount, 1);
  expect((await client.inAppInbox.markNotificationAsUnRead(id)).data, {});
  expect((await list()).unreadCount, 2);
  expect((await client.inAppInbox.markNotificationAsUnseen(id)).data, {});
  await expectRequest("notifications_mark_as_unseen", 200);
});
await check("deletion of a notification", async () => {
  const { id } = (await list()).data[0];
  await client.inAppInbox.deleteNotification(id);
  expect((await list()).data.map((one) => one.title), ["Shipped"]);
});
await check("categories", async () => {
  const { data } = await client.createCategory("orders", "Orders");
  expect(data, { identifier: "orders", name: "Orders" });
  await client.deleteCategory(data.id);
  await expectRequest("categories_delete", 200);
});
await check("topics", async () => {
  const id = await client.topics.create("Warehouse team");
  await client.topics.update(id, "Warehouse");
  await client.topics.subscribeUser(id, [{ identifier: "ada", channels: ["inApp"] }]);
  await client.topics.updateChannel("ada", id, ["email"]);
  const subscriptions = await client.topics.listSubscriptionsOfUser("ada");
  expect(subscriptions[0], { topic: { name: "Warehouse", identifier: "warehouse-team" }, channels: ["email"] });
  await client.topics.unsubscribeUser(id, ["ada"]);
  expect(await client.topics.listSubscriptionsOfUser("ada"), []);
  await client.topics.delete(id);
  await expectRequest("topics_delete", 200);
});
await check("cancellation of a workflow", async () => {
  await client.workflows.cancelRun("order_shipped", { cancellationKey: "order-5001" });
  await expectRequest("workflows_cancel_run", 200);
});
await check("a user's token", async () => {
  const token = client.generateUserToken("ada");
  const claims = JSON.parse(Buffer.from(token.split(".")[1], "base64url").toString());
  expect(claims, { sub: "user:ada", apiKey: process.env.ENGAGESPOT_API_KEY });
  const inbox = `${process.env.ENGAGESPOT_BASE_URL}/v3/notifications`;
  const response = await fetch(inbox, { headers: { authorization: `Bearer ${token}` } });
  expect((await response.json()).pagination.totalCount, 1);
});
await wrong("deletion of a user", "it leaves out the slash before the identifier", "status code 404", () => client.users.delete("ada"));
end();
