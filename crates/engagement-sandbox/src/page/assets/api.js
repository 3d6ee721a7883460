// The API of the sandbox.

/** Sends a request, and returns the JSON of its response. An error has the message of the API. */
export async function call(method, path, body) {
  const headers = { "X-Sandbox": "1" };
  if (body !== undefined) headers["Content-Type"] = "application/json";
  const response = await fetch(`/api${path}`, {
    method,
    headers,
    body: body === undefined ? undefined : JSON.stringify(body),
  });
  const text = await response.text();
  const json = text === "" ? null : JSON.parse(text);
  if (!response.ok) throw new Error(json?.error ?? `status ${response.status}`);
  return json;
}

export const get = (path) => call("GET", path);

/** A path with those parameters that are set. */
export function withQuery(path, parameters) {
  const set = Object.entries(parameters).filter(([, value]) => value !== "" && value !== undefined);
  return set.length === 0 ? path : `${path}?${new URLSearchParams(set)}`;
}

/** Calls a function when something has changed in the sandbox. While the page is hidden, nothing is received. */
export function onChange(changed, connection) {
  let source = null;
  const open = () => {
    source = new EventSource("/api/events");
    source.addEventListener("change", changed);
    source.addEventListener("open", () => connection(true));
    source.addEventListener("error", () => {
      connection(false);
      // After some errors browsers don't try again.
      if (source?.readyState === EventSource.CLOSED) setTimeout(reopen, 2000);
    });
  };
  const close = () => {
    source?.close();
    source = null;
  };
  const reopen = () => {
    close();
    if (!document.hidden) open();
  };
  document.addEventListener("visibilitychange", reopen);
  addEventListener("pagehide", close);
  reopen();
}
