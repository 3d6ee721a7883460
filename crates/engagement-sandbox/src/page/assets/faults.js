// Faults: switches for common ones, a form for all others, and the list.

import { call, get } from "./api.js";
import { announce, badge, el, empty } from "./dom.js";

/** The switches, with what each sets. */
const SWITCHES = [
  ["429", "status=429 retry-after=7 always"],
  ["500", "status=500 always"],
  ["reset", "reset always"],
  ["done, then reset", "reset-after-commit always"],
  ["2 s late", "delay=2s always"],
  ["lost", "lost always"],
];
const EXAMPLES = [
  "status=429 retry-after=7 times=2", "status=500 times=2", "status=503 message=\"try later\"", "delay=250ms jitter=50ms always", "stall",
  "reset", "reset-in-body", "reset-after-commit", "truncated", "garbage", "html", "empty", "oversized=1048576", "unknown-enum",
  "extra-fields", "null-fields", "redirect=https://elsewhere.example/", "expired-token", "clock-offset=-90s", "rate-limit=5/60s",
  "lost", "drop-items=2",
];

/** Shows switches, form and list. The form is made once, so that nothing that is being written gets lost. */
export async function showFaults(items, filter, providers) {
  const { faults } = await get("/faults");
  if (items.querySelector("#fault-form") === null) {
    items.replaceChildren(el("div", { id: "switches" }), form(providers), el("h3", {}, "Set faults"), el("div", { id: "fault-list" }));
  }
  const shown = providers.filter((one) => !filter.provider || one.name === filter.provider);
  switches(items.querySelector("#switches"), shown, faults);
  list(items.querySelector("#fault-list"), faults, filter.q ?? "");
}

function switches(parent, providers, faults) {
  const rows = ["any", ...providers.map((one) => one.name)];
  const layout = rows.join(" ");
  if (parent.dataset.layout !== layout) {
    parent.dataset.layout = layout;
    const head = el("tr", {}, el("th", { scope: "col" }, "Requests to"), SWITCHES.map(([name]) => el("th", { scope: "col" }, name)));
    const body = rows.map((target) => el("tr", {},
      el("th", { scope: "row" }, target === "any" ? "all" : target),
      SWITCHES.map(([name, fault]) => el("td", {}, toggle(target, name, fault)))));
    parent.replaceChildren(el("div", { class: "scroll" },
      el("table", { class: "switches" }, el("caption", {}, "Every request fails while a switch is on"), el("thead", {}, head), el("tbody", {}, body))));
  }
  for (const input of parent.querySelectorAll("input")) {
    const set = faults.find((one) => one.target === input.dataset.target && one.fault === input.dataset.fault);
    input.checked = set !== undefined;
    input.dataset.id = set?.id ?? "";
  }
}

function toggle(target, name, fault) {
  const whom = target === "any" ? "all providers" : target;
  const input = el("input", {
    type: "checkbox", role: "switch", "data-target": target, "data-fault": fault, "aria-label": `${name} for ${whom}`, title: `${target}: ${fault}`,
  });
  input.addEventListener("change", async () => {
    try {
      if (input.checked) await call("POST", "/faults", { fault: `${target}: ${fault}` });
      else if (input.dataset.id !== "") await call("DELETE", `/faults/${input.dataset.id}`);
      announce(`${name} for ${whom} is ${input.checked ? "on" : "off"}`);
    } catch (error) {
      announce(error.message);
    }
  });
  return input;
}

function form(providers) {
  const names = providers.flatMap((one) => [one.name, ...one.operations.map((operation) => operation.id)]);
  const message = el("p", { class: "error", role: "alert" });
  const target = el("input", { id: "fault-target", list: "targets", required: true, value: "any", autocomplete: "off", spellcheck: "false", "aria-describedby": "fault-help" });
  const fault = el("input", { id: "fault-text", list: "fault-texts", required: true, value: EXAMPLES[0], autocomplete: "off", spellcheck: "false", "aria-describedby": "fault-help" });
  const element = el("form", { id: "fault-form" },
    el("h3", {}, "Another fault"),
    el("div", { class: "fields" },
      el("label", {}, "Requests to", target),
      el("label", { class: "wide" }, "What happens, and how often", fault),
      el("button", {}, "Set fault")),
    el("p", { id: "fault-help", class: "help" }, "A target is an operation, a provider, a path that may end in *, or any. Add times=2, always, every=3 or probability=0.1; by default a fault happens once."),
    message,
    el("datalist", { id: "targets" }, ["any", ...new Set(names)].map((value) => el("option", { value }))),
    el("datalist", { id: "fault-texts" }, EXAMPLES.map((value) => el("option", { value }))));
  element.addEventListener("submit", async (event) => {
    event.preventDefault();
    message.textContent = "";
    try {
      await call("POST", "/faults", { fault: `${target.value}: ${fault.value}` });
      announce("Fault set");
    } catch (error) {
      message.textContent = error.message;
    }
  });
  return element;
}

function list(parent, faults, text) {
  const shown = faults.filter((one) => `${one.target}: ${one.fault}`.toLowerCase().includes(text.toLowerCase()));
  if (shown.length === 0) {
    parent.replaceChildren(empty(faults.length === 0 ? "No faults are set." : "No fault matches."));
    return;
  }
  const remove = (one) => el("button", {
    type: "button", "aria-label": `Remove the fault ${one.target}: ${one.fault}`,
    onclick: () => call("DELETE", `/faults/${one.id}`).catch((error) => announce(error.message)),
  }, "Remove");
  parent.replaceChildren(el("ul", { class: "faults" }, shown.map((one) =>
    el("li", {}, el("code", {}, `${one.target}: ${one.fault}`), badge("provider", `happened: ${one.injected}`), remove(one)))));
}
