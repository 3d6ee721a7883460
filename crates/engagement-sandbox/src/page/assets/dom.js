// Making elements. Texts are never read as HTML.

/** An element with attributes and children. Attributes that are `null` are left out; those that begin with `on` are listeners. */
export function el(name, attributes = {}, ...children) {
  const element = document.createElement(name);
  for (const [attribute, value] of Object.entries(attributes)) {
    if (attribute.startsWith("on")) element.addEventListener(attribute.slice(2), value);
    else if (value !== null && value !== false) element.setAttribute(attribute, value === true ? "" : value);
  }
  element.append(...children.flat().filter((child) => child !== null && child !== false && child !== ""));
  return element;
}

/** Shows these items in an element. Known ones stay as they are, so that focus and selection stay too. */
export function showItems(parent, items, key, make) {
  const known = new Map([...parent.children].map((child) => [child.dataset.key, child]));
  let next = parent.firstElementChild;
  for (const item of items) {
    const name = String(key(item));
    let child = known.get(name);
    known.delete(name);
    if (child === undefined) {
      child = make(item);
      child.dataset.key = name;
    }
    if (child === next) next = next.nextElementSibling;
    else parent.insertBefore(child, next);
  }
  for (const gone of known.values()) gone.remove();
}

/** A text in fixed width, with a button that copies it. */
export function code(title, text) {
  const button = el("button", { type: "button", class: "copy", "aria-label": `Copy ${title}` }, "Copy");
  button.addEventListener("click", async () => {
    try {
      await navigator.clipboard.writeText(text);
      announce(`${title} copied`);
      button.textContent = "Copied";
    } catch {
      getSelection().selectAllChildren(block);
      button.textContent = "Selected";
    }
    setTimeout(() => (button.textContent = "Copy"), 1500);
  });
  const block = el("pre", { tabindex: "0", "aria-label": title }, text);
  return el("section", { class: "code" }, el("h3", {}, title, button), block);
}

/** JSON with indentation, or the text as it is. */
export function pretty(text) {
  try {
    return JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    return text;
  }
}

/** A list of names and values, without those that are empty. */
export function facts(pairs) {
  const shown = pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined);
  return el("dl", {}, shown.map(([name, value]) => el("div", {}, el("dt", {}, name), el("dd", {}, value))));
}

export const badge = (kind, text, title = null) => el("span", { class: `badge ${kind}`, title }, text);

/** Lets screen readers say a text. */
export function announce(text) {
  document.getElementById("announcement").textContent = text;
}

/** The time of day. */
export const clock = (time) => time.slice(11, 19);

export const empty = (...text) => el("p", { class: "empty" }, ...text);

/** The head of a detail, with a way back to the list on narrow screens. */
export function detailHead(view, ...title) {
  const back = el("a", { class: "back", href: `#/${view}` }, "Back to the list");
  return el("header", {}, back, el("h2", {}, ...title));
}
