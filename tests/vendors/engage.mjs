// npm @engage_so/core, and @engage_so/node and @engage_so/js, which hand it on. The argument names one of them.

import { checksOf, expect, expectRequest, require } from "./checks.mjs";

const name = process.argv[2];
const Engage = require(name);
const { check, end } = checksOf(`${name} 1.6.0`);

Engage.init({ key: process.env.ENGAGE_API_KEY, secret: process.env.ENGAGE_API_SECRET });

await check("identify", async () => {
  const user = await Engage.identify({ id: "1234", email: "ada@example.com", plan: "team" });
  expect(user, { uid: "1234", email: "ada@example.com", meta: { plan: "team" } });
});
await check("identify with an integer id", async () => {
  expect(await Engage.identify({ id: 1234, first_name: "Ada" }), { uid: "1234", email: "ada@example.com", first_name: "Ada" });
});
await check("identify as account and back", async () => {
  expect(await Engage.identify({ id: "abcd", is_account: true }), { uid: "abcd", is_account: true });
  expect(await Engage.identify({ id: "abcd", is_account: false }), { uid: "abcd", is_account: false });
});
await check("attributes", async () => {
  const user = await Engage.addAttribute("1234", { last_name: "Example", active: true, created_at: "2020-08-11" });
  expect(user, { uid: "1234", last_name: "Example", meta: { plan: "team", active: true }, created_at: "2020-08-11" });
});
await check("events", async () => {
  expect(await Engage.track("1234", "loggedin"), { status: "ok" });
  expect(await Engage.track("1234", { event: "played", value: "vid_133", timestamp: "2020-05-30T09:30:10Z" }), { status: "ok" });
  expect(await Engage.track("1234", { event: "loggedin", properties: { referral: "localhost" } }), { status: "ok" });
});
await check("conversion", async () => {
  expect(await Engage.convertToAccount("abcd"), { is_account: true });
  expect(await Engage.convertToCustomer("abcd"), { is_account: false });
});
await check("a customer as account", async () => {
  expect((await Engage.addToAccount("1234", "abcd")).accounts, [{ id: "abcd", role: null }]);
  expect((await Engage.changeAccountRole("1234", "abcd", "owner")).accounts, [{ id: "abcd", role: "owner" }]);
  expect((await Engage.removeFromAccount("1234", "abcd")).accounts, []);
});
await check("a call without a method of its own", async () => {
  expect(await Engage.request("/users/1234", null, "GET"), { uid: "1234" });
  await expectRequest("users_get", 200);
});
await check("an error", async () => {
  expect(await Engage.convertToAccount("nobody"), { error: "User nobody not found" });
});
end();
