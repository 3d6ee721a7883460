// Requests and verdicts.

import { get, withQuery } from "./api.js";
import { announce, badge, clock, code, detailHead, el, empty, facts, pretty, showItems } from "./dom.js";

const statusKind = (request) => (request.status === 0 ? "bad" : request.status < 400 ? "good" : "bad");
const statusText = (request) => (request.status === 0 ? "reset" : String(request.status));

let newest = 0;

/** Shows the list of requests. */
export async function showRequests(items, filter) {
  const { requests, count } = await get(withQuery("/requests", filter));
  const added = requests.filter((request) => request.number > newest).length;
  if (newest > 0 && added > 0) announce(`${added} new ${added === 1 ? "request" : "requests"}`);
  newest = count === 0 ? 0 : Math.max(newest, requests[0]?.number ?? 0);
  if (requests.length === 0) {
    const hint = count === 0 ? "No requests yet. Point a client at the sandbox." : "No request matches.";
    items.replaceChildren(empty(hint));
    return;
  }
  const list = items.querySelector("ul.rows") ?? el("ul", { class: "rows" });
  if (!list.isConnected) items.replaceChildren(list);
  // After a reset numbers begin anew, so a number alone is no key.
  showItems(list, requests, (request) => `${request.number} ${request.receivedAt}`, row);
}

function row(request) {
  const path = request.query === null ? request.path : `${request.path}?${request.query}`;
  const badges = [
    request.refusal && badge("bad", "refused"),
    request.fault && badge("warn", "fault"),
    ...request.verdicts.map((verdict) => badge("warn", verdict.kind, verdict.message)),
  ].filter(Boolean);
  const why = request.refusal?.reason ?? (request.fault && `fault: ${request.fault}`);
  return el(
    "li",
    {},
    el(
      "a",
      { href: `#/requests/${request.number}` },
      el("span", { class: "line" },
        el("span", { class: `status ${statusKind(request)}` }, statusText(request)),
        el("span", { class: "method" }, request.method),
        el("span", { class: "main-text" }, request.operation ?? path),
        el("time", { datetime: request.receivedAt }, clock(request.receivedAt)),
      ),
      el("span", { class: "line sub" },
        badge("provider", request.provider || "no provider"),
        ...badges,
        el("span", { class: "sub-text" }, why ?? path),
      ),
    ),
  );
}

/** The details of a request. */
export async function requestDetail(number) {
  const request = await get(`/requests/${encodeURIComponent(number)}`);
  const path = request.query === null ? request.path : `${request.path}?${request.query}`;
  return [
    detailHead("requests", badge(statusKind(request), statusText(request)), ` ${request.method} ${path}`),
    refusal(request),
    request.fault && el("p", { class: "note warn" }, el("strong", {}, "Injected fault: "), el("code", {}, request.fault)),
    ...request.verdicts.map((verdict) =>
      el("p", { class: "note warn" }, el("strong", {}, `Verdict ${verdict.kind}: `), verdict.message)),
    facts([
      ["Provider", request.provider || "none"],
      ["Operation", request.operation],
      ["Path template", request.template],
      ["Received", request.receivedAt],
      ["Number", String(request.number)],
    ]),
    body(request),
    code("curl", request.curl),
    request.rust && code("Rust", request.rust),
    el("details", {}, el("summary", {}, `Headers (${request.headers.length})`),
      facts(request.headers.map(({ name, value }) => [name, value]))),
  ];
}

function refusal(request) {
  if (request.refusal === null) return null;
  const near = request.refusal.near.map((one) =>
    el("li", {}, "did you mean ", el("code", {}, one.documented), " of ", el("code", {}, one.operation),
      " in place of ", el("code", {}, one.given), "? (", one.place, ")"));
  return el("div", { class: "note bad" },
    el("p", {}, el("strong", {}, "Refused: "), request.refusal.reason),
    near.length > 0 && el("ul", {}, near));
}

function body(request) {
  if (request.bodyBytes === 0) return null;
  const download = el("a", { href: `/api/requests/${request.number}/body`, download: `request-${request.number}` },
    `Save the body (${request.bodyBytes} bytes)`);
  const shown = request.bodyIsText
    ? code("Body", request.bodyIsCut ? `${request.body}…` : pretty(request.body))
    : el("p", {}, "The body is not text.");
  return el("div", {}, shown, el("p", {}, download));
}

/** Shows the list of verdicts. */
export async function showVerdicts(items, filter) {
  const { verdicts } = await get(withQuery("/verdicts", { provider: filter.provider }));
  const text = (filter.q ?? "").toLowerCase();
  const shown = verdicts.filter((verdict) => JSON.stringify(Object.values(verdict)).toLowerCase().includes(text));
  if (shown.length === 0) {
    items.replaceChildren(empty(verdicts.length === 0 ? "No verdicts: callers did nothing wrong." : "No verdict matches."));
    return;
  }
  const rows = shown.reverse().map((verdict) =>
    el("li", {}, el("a", { href: `#/requests/${verdict.request}` },
      el("span", { class: "line" }, badge("warn", verdict.kind),
        el("span", { class: "main-text" }, verdict.operation ?? "(no operation)"),
        el("span", {}, `request ${verdict.request}`)),
      el("span", { class: "line sub" }, badge("provider", verdict.provider || "no provider"),
        el("span", { class: "sub-text" }, verdict.message)))));
  items.replaceChildren(el("ul", { class: "rows" }, rows));
}
