// The page: which view is shown, filters, clock, reset, and keeping it all up to date.

import { call, get, onChange } from "./api.js";
import { announce, el, empty } from "./dom.js";
import { showFaults } from "./faults.js";
import { messageDetail, showMessages } from "./messages.js";
import { showRecords } from "./records.js";
import { requestDetail, showRequests, showVerdicts } from "./requests.js";

const $ = (id) => document.getElementById(id);
const TITLES = {
  requests: "Requests", messages: "Messages", records: "Records", faults: "Faults", verdicts: "Verdicts",
};
const DETAILS = { requests: requestDetail, messages: messageDetail };

let providers = [];
let shownView = null;
let shownDetail = null;

/** The view and what is selected in it, from the address. */
function route() {
  const [view, ...rest] = location.hash.replace(/^#\//, "").split("/");
  const known = Object.hasOwn(TITLES, view) ? view : "requests";
  let selected = null;
  try {
    selected = rest.length > 0 ? decodeURIComponent(rest.join("/")) : null;
  } catch {
    // An address with a broken escape selects nothing.
  }
  return { view: known, selected: Object.hasOwn(DETAILS, known) ? selected : null };
}

const filter = () => ({ provider: $("provider").value, only: $("only").value, q: $("search").value.trim() });

function showList({ view }) {
  const items = $("items");
  if (shownView !== view) items.replaceChildren();
  shownView = view;
  switch (view) {
    case "messages": return showMessages(items, filter());
    case "records": return showRecords(items, filter());
    case "faults": return showFaults(items, filter(), providers);
    case "verdicts": return showVerdicts(items, filter());
    default: return showRequests(items, filter());
  }
}

/** Marks the row whose details are shown. */
function markSelected() {
  for (const link of $("items").querySelectorAll(".rows a")) {
    if (shownView !== "verdicts" && link.hash === location.hash) link.setAttribute("aria-current", "true");
    else link.removeAttribute("aria-current");
  }
}

/** Shows what was selected in the list that is shown already. */
async function select() {
  markSelected();
  await showDetail(route());
  document.body.dataset.shown = location.hash;
}

async function showDetail({ view, selected }) {
  const detail = $("detail");
  const wanted = selected === null ? null : `${view}/${selected}`;
  document.body.classList.toggle("has-detail", wanted !== null);
  document.body.classList.toggle("has-list-only", !Object.hasOwn(DETAILS, view));
  detail.hidden = !Object.hasOwn(DETAILS, view);
  if (wanted === shownDetail && detail.childElementCount > 0) return;
  shownDetail = wanted;
  if (wanted === null) {
    detail.replaceChildren(empty(`Select one of the ${TITLES[view].toLowerCase()}.`));
    return;
  }
  let parts;
  try {
    parts = await DETAILS[view](selected);
  } catch (error) {
    parts = [el("a", { class: "back", href: `#/${view}` }, "Back to the list"), empty(error.message)];
  }
  // Another one may have been selected meanwhile.
  if (shownDetail !== wanted) return;
  detail.replaceChildren(...parts.filter(Boolean));
  detail.scrollTop = 0;
  detail.focus({ preventScroll: true });
}

async function showCounts() {
  const [requests, messages, faults, verdicts, time] = await Promise.all([
    get("/requests?limit=0"), get("/messages?limit=0"), get("/faults"), get("/verdicts"), get("/clock"),
  ]);
  $("count-requests").textContent = requests.count;
  $("count-messages").textContent = messages.count;
  $("count-faults").textContent = faults.faults.length;
  $("count-verdicts").textContent = verdicts.count;
  $("now").dateTime = time.now;
  $("now").textContent = `${time.now.slice(0, 10)} ${time.now.slice(11, 16)}`;
}

let running = false;
let again = false;

/** Shows everything anew. Of calls during one that runs, one more follows. */
async function update() {
  if (running) {
    again = true;
    return;
  }
  running = true;
  do {
    again = false;
    const current = route();
    try {
      $("list-title").textContent = TITLES[current.view];
      document.title = `${TITLES[current.view]} · Engagement sandbox`;
      $("only").hidden = current.view !== "requests";
      for (const link of document.querySelectorAll("nav a")) {
        if (link.hash === `#/${current.view}`) link.setAttribute("aria-current", "page");
        else link.removeAttribute("aria-current");
      }
      await Promise.all([showList(current), showDetail(current), showCounts()]);
      markSelected();
      document.body.dataset.shown = location.hash;
    } catch (error) {
      connected(false, error.message);
    }
  } while (again);
  running = false;
}

function connected(is, why = "Not connected") {
  $("connection").textContent = is ? "Live" : why;
  $("connection").classList.toggle("live", is);
}

async function act(action) {
  try {
    await action();
  } catch (error) {
    announce(error.message);
  }
  await update();
}

for (const button of document.querySelectorAll("[data-advance]")) {
  button.addEventListener("click", () =>
    act(async () => {
      const { now } = await call("POST", "/clock/advance", { seconds: Number(button.dataset.advance) });
      announce(`The clock shows ${now.slice(0, 16).replace("T", " ")}`);
    }));
}
$("reset").addEventListener("click", () => $("confirm").showModal());
$("confirm").addEventListener("close", () => {
  if ($("confirm").returnValue !== "reset") return;
  $("confirm").returnValue = "";
  act(async () => {
    await call("POST", "/reset");
    shownDetail = null;
    if (route().selected !== null) location.hash = `#/${route().view}`;
    announce("The sandbox was reset");
  });
});
$("filter").addEventListener("submit", (event) => event.preventDefault());
$("filter").addEventListener("input", update);
addEventListener("hashchange", () => (route().view === shownView ? select() : update()));
addEventListener("keydown", (event) => {
  const typing = event.target.closest?.("input, select, textarea, dialog");
  if (event.key === "/" && !typing) {
    event.preventDefault();
    $("search").focus();
  } else if (event.key === "Escape" && !typing && route().selected !== null) {
    const { view, selected } = route();
    location.hash = `#/${view}`;
    document.querySelector(`#items a[href="#/${view}/${CSS.escape(encodeURIComponent(selected))}"]`)?.focus();
  }
});

const known = await get("/providers");
providers = known.providers;
for (const one of providers) $("provider").append(el("option", { value: one.name }, one.title.replace(/ API$/, "")));
await update();
onChange(update, connected);
