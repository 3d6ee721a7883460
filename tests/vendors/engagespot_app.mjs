// What Engagespot's backend would have sent, for the clients of browsers.

const headers = {
  "content-type": "application/json",
  "x-engagespot-api-key": process.env.ENGAGESPOT_API_KEY,
  "x-engagespot-api-secret": process.env.ENGAGESPOT_API_SECRET,
};

async function call(method, path, body) {
  const url = process.env.ENGAGESPOT_BASE_URL + path;
  const response = await fetch(url, { method, headers, body: JSON.stringify(body) });
  if (!response.ok) throw new Error(`${method} ${path}: ${response.status} ${await response.text()}`);
  return response.json();
}

/** Sends a notification with a title to a user, who is registered. */
export async function notify(user, title) {
  await call("POST", "/v3/users", { identifier: user });
  const notification = { title, message: "It left our warehouse" };
  return call("POST", "/v3/notifications", { notification, category: "orders", sendTo: { recipients: [user] } });
}
