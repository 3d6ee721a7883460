// Starting the sandbox and the browser.

import { spawn } from "node:child_process";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { join } from "node:path";

const require = createRequire(join(process.env.PACKAGES, "node_modules/"));
const { chromium } = require("playwright-core");

/** Starts the sandbox on a free port. */
export async function startSandbox(...args) {
  const child = spawn(process.env.SANDBOX, ["--port", "0", "--log", "none", ...args], { stdio: ["ignore", "pipe", "inherit"] });
  const env = {};
  for await (const line of createInterface({ input: child.stdout })) {
    const found = line.match(/^export (\w+)=(.*)$/);
    if (found) env[found[1]] = found[2];
    if (line.includes("Ctrl-C")) break;
  }
  const origin = new URL(env.ENGAGEBAY_BASE_URL).origin;
  process.on("exit", () => child.kill("SIGKILL"));
  return { env, origin, stop: () => child.kill("SIGKILL") };
}

const basic = (user, password) => `Basic ${Buffer.from(`${user}:${password}`).toString("base64")}`;

/** A function that sends JSON to a path of the sandbox with a provider's credentials. */
export function client({ env, origin }) {
  const credentials = {
    engagebay: { authorization: env.ENGAGEBAY_API_KEY },
    engage: { authorization: basic(env.ENGAGE_API_KEY, env.ENGAGE_API_SECRET) },
    engagespot: { "x-engagespot-api-key": env.ENGAGESPOT_API_KEY, "x-engagespot-api-secret": env.ENGAGESPOT_API_SECRET },
    webengage: { authorization: `Bearer ${env.WEBENGAGE_API_KEY}` },
    api: { "x-sandbox": "1" },
  };
  return async (method, path, body) => {
    const headers = { accept: "application/json", ...credentials[path.split("/")[1]] };
    if (body !== undefined) headers["content-type"] = "application/json";
    const response = await fetch(origin + path, { method, headers, body: JSON.stringify(body) });
    const text = await response.text();
    return { status: response.status, json: text === "" ? null : JSON.parse(text) };
  };
}

/** A listener to which the browser is led for every host but this machine, and that counts connections. */
export async function startTrap() {
  const trap = { connections: 0, hosts: [], port: 0, close: () => server.close() };
  const server = createServer((socket) => {
    trap.connections += 1;
    socket.on("error", () => {});
    // Both the server name of TLS and the header `Host` are readable.
    socket.once("data", (bytes) => {
      trap.hosts.push(...(bytes.toString("latin1").match(/[\w.-]+\.[a-z]{2,}/gi) ?? ["?"]).slice(0, 1));
      socket.destroy();
    });
  });
  await new Promise((resolve) => server.listen(0, "127.0.0.1", resolve));
  server.unref();
  trap.port = server.address().port;
  return trap;
}

/** Starts Chromium. With a trap, all other hosts lead there. */
export function startBrowser(trap) {
  const args = [
    "--headless", "--no-sandbox", "--disable-gpu", "--disable-quic", "--no-first-run", "--disable-background-networking",
    "--disable-component-update", "--disable-sync",
  ];
  // Chromium itself asks for updates and accounts.
  const own = ["*.google.com", "*.googleapis.com", "*.gvt1.com"].map((host) => `MAP ${host} ~NOTFOUND`).join(", ");
  if (trap) args.push(`--host-resolver-rules=${own}, MAP * 127.0.0.1:${trap.port}, EXCLUDE 127.0.0.1`);
  return chromium.launch({ executablePath: process.env.CHROMIUM, args });
}

let failures = 0;

/** Prints whether something holds. */
export function check(name, holds, ...details) {
  if (holds) {
    console.log(`ok: ${name}`);
  } else {
    failures += 1;
    console.log(`FAILED: ${name}`, ...details);
  }
}

/** Checks that two values are equal. */
export function equal(name, given, expected) {
  const [one, other] = [given, expected].map((value) => JSON.stringify(value));
  check(name, one === other, `is ${one}, expected ${other}`);
}

/** Ends the program, with status 1 if a check has failed. */
export function finish() {
  if (failures > 0) console.log(`${failures} checks failed`);
  process.exit(failures > 0 ? 1 : 0);
}
