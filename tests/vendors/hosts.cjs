// Leads requests for a vendor's host to the sandbox, and lets none leave for another host. Loaded before the client.

const http = require("node:http");
const https = require("node:https");

const hosts = {
  "api.engage.so": process.env.ENGAGE_ROOT_URL,
  "api.engagespot.co": process.env.ENGAGESPOT_BASE_URL,
};

/** The sandbox's URL for one of a vendor. */
function local(url) {
  if (url.hostname === "127.0.0.1") return url;
  const root = hosts[url.hostname];
  if (root === undefined) throw new Error(`a request to ${url.hostname}, which is no host of the vendor's API`);
  return new URL(root + url.pathname + url.search);
}

https.request = function request(options, ...rest) {
  if (typeof options === "string" || options instanceof URL) {
    return http.request(local(new URL(options)), ...rest);
  }
  const url = local(new URL(options.path ?? "/", `https://${options.hostname ?? options.host}`));
  const headers = Object.fromEntries(Object.entries(options.headers ?? {}).filter(([name]) => name.toLowerCase() !== "host"));
  const changed = { protocol: "http:", host: null, hostname: url.hostname, port: url.port, path: url.pathname + url.search };
  return http.request({ ...options, ...changed, headers, agent: undefined, agents: undefined }, ...rest);
};

const send = globalThis.fetch;
globalThis.fetch = (target, options) => {
  if (target instanceof Request) return send(new Request(local(new URL(target.url)), target), options);
  return send(local(new URL(target)), options);
};
