// Checks of a client, each with a line of its own.

import { createRequire } from "node:module";
import { join } from "node:path";
import { isDeepStrictEqual } from "node:util";

export const require = createRequire(join(process.env.PACKAGES, "node_modules/"));

const origin = new URL(process.env.ENGAGE_ROOT_URL).origin;

/** Checks of the client of that name. */
export function checksOf(client) {
  let failed = false;

  const run = async (action) => {
    try {
      await action();
      return undefined;
    } catch (error) {
      return error instanceof Error ? error.message : String(error);
    }
  };
  const print = (name, outcome) => console.log(`${client}: ${name}: ${outcome}`);

  return {
    /** A check that must stand. */
    async check(name, action) {
      const problem = await run(action);
      failed ||= problem !== undefined;
      print(name, problem ?? "ok");
    },
    /** A check that can't stand, because the client is wrong: it fails with this text. */
    async wrong(name, why, text, action) {
      const problem = await run(action);
      const known = problem?.includes(text);
      failed ||= !known;
      print(name, known ? `the client is wrong: ${why}` : `${problem ?? "ok"}, although it was known as wrong: ${why}`);
    },
    /** Ends the program. Its status says whether all checks stand. */
    end() {
      process.exit(failed ? 1 : 0);
    },
  };
}

/** Whether a value has the fields of another, with these values. */
function has(actual, expected) {
  if (expected === null || typeof expected !== "object" || Array.isArray(expected)) return isDeepStrictEqual(actual, expected);
  return actual !== null && typeof actual === "object" && Object.entries(expected).every(([name, value]) => has(actual[name], value));
}

/** Fails unless a value has the expected fields. */
export function expect(actual, expected) {
  if (!has(actual, expected)) throw new Error(`${JSON.stringify(actual)} instead of ${JSON.stringify(expected)}`);
}

/** Fails unless the last request reached an operation and got this status: clients often report neither. */
export async function expectRequest(operation, status) {
  const response = await fetch(`${origin}/api/requests?limit=1`, { headers: { "x-sandbox": "1" } });
  const page = await response.json();
  const last = page.requests.at(0);
  expect({ operation: last.operation, status: last.status }, { operation, status });
}
