// What the accounts hold.

import { get, withQuery } from "./api.js";
import { badge, el, empty } from "./dom.js";

const NAMES = ["name", "title", "subject", "email", "identifier", "userId", "uid", "tag", "Name", "campaign", "event", "eventName", "field_label", "id", "_id"];

/** A name for a record. */
function label(record) {
  if (typeof record !== "object" || record === null) return String(record);
  const property = record.properties?.find?.((one) => one.name === "email")?.value;
  const name = NAMES.map((field) => record[field]).find((value) => typeof value === "string" || typeof value === "number");
  return String(property ?? name ?? JSON.stringify(record).slice(0, 80));
}

/** Shows all records. What is unfolded stays so. */
export async function showRecords(items, filter) {
  const { lists } = await get(withQuery("/records", { provider: filter.provider }));
  const text = (filter.q ?? "").toLowerCase();
  const unfolded = new Set([...items.querySelectorAll("details[open]")].map((one) => one.dataset.key));
  const focused = document.activeElement?.closest?.("#items details")?.dataset.key;
  const blocks = lists.map((list) => kind(list, text, unfolded)).filter(Boolean);
  items.replaceChildren(...(blocks.length > 0 ? blocks : [empty("No record matches.")]));
  const again = [...items.querySelectorAll("details")].find((one) => focused && one.dataset.key === focused);
  again?.querySelector("summary").focus();
}

function kind(list, text, unfolded) {
  const key = `${list.provider} ${list.kind}`;
  const records = list.records.filter((record) => JSON.stringify(record).toLowerCase().includes(text));
  if (records.length === 0) return null;
  const more = list.count > list.records.length;
  const rows = records.map((record, position) => {
    const own = `${key} ${record?.id ?? position}`;
    return el("li", {}, el("details", { "data-key": own, open: unfolded.has(own) },
      el("summary", {}, label(record)), el("pre", { tabindex: "0", "aria-label": label(record) }, JSON.stringify(record, null, 2))));
  });
  return el("details", { class: "kind", "data-key": key, open: unfolded.has(key) || text !== "" },
    el("summary", {}, badge("provider", list.provider), ` ${list.kind} `, el("span", { class: "count" }, String(list.count))),
    el("ul", { class: "records" }, rows),
    more && el("p", { class: "empty" }, `The first ${list.records.length} are shown.`));
}
