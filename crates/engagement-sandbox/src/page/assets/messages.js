// The messages that would have reached people.

import { get, withQuery } from "./api.js";
import { badge, clock, code, detailHead, el, empty, facts, showItems } from "./dom.js";

const CHANNELS = {
  email: "e-mail", sms: "SMS", whatsapp: "WhatsApp", push: "push", "web-push": "web push", "in-app": "in-app",
};

/** Shows the list of messages. */
export async function showMessages(items, filter) {
  const { messages, count } = await get(withQuery("/messages", { provider: filter.provider, q: filter.q }));
  if (messages.length === 0) {
    items.replaceChildren(empty(count === 0 ? "No messages yet. What a client sends appears here; nothing leaves the sandbox." : "No message matches."));
    return;
  }
  const list = items.querySelector("ul.rows") ?? el("ul", { class: "rows" });
  if (!list.isConnected) items.replaceChildren(list);
  showItems(list, messages, (message) => message.key, row);
}

const title = (message) => message.subject || message.text || message.template || "(no text)";

function row(message) {
  return el("li", {},
    el("a", { href: `#/messages/${encodeURIComponent(message.key)}` },
      el("span", { class: "line" },
        el("span", { class: "main-text" }, title(message)),
        el("time", { datetime: message.sentAt }, clock(message.sentAt))),
      el("span", { class: "line sub" },
        badge("channel", CHANNELS[message.channel]), badge("provider", message.provider),
        el("span", { class: "sub-text" }, message.to.join(", ")))));
}

/** The details of a message. */
export async function messageDetail(key) {
  const message = await get(`/messages/${encodeURIComponent(key)}`);
  return [
    detailHead("messages", title(message)),
    facts([
      ["Channel", CHANNELS[message.channel]],
      ["From", message.from],
      ["To", message.to.join(", ")],
      ["Provider", message.provider],
      ["Template", message.template],
      ["Sent", message.sentAt],
      ["Id", message.id],
    ]),
    message.html !== "" && frame(message),
    ...texts(message),
    message.data !== null && Object.keys(message.data).length > 0 && code("Values for the template", JSON.stringify(message.data, null, 2)),
    message.html !== "" && el("details", {}, el("summary", {}, "HTML source"), code("HTML", message.html)),
  ];
}

/** The HTML in a frame that runs no script and loads nothing: the server's policy and `sandbox` both say so. */
function frame(message) {
  return el("figure", { class: "mail" },
    el("iframe", {
      sandbox: "", referrerpolicy: "no-referrer", title: `The e-mail as HTML: ${message.subject}`,
      src: `/api/messages/${encodeURIComponent(message.key)}/html`,
    }),
    el("figcaption", {}, "Scripts, links, forms and remote content are blocked."));
}

function texts(message) {
  if (message.channel === "email") return message.text === "" ? [] : [code("Plain text", message.text)];
  if (message.subject === "" && message.text === "") {
    return [el("p", {}, "Its text is in the provider's console, which the sandbox does not know.")];
  }
  const kind = message.channel === "sms" || message.channel === "whatsapp" ? "bubble" : "card";
  return [
    el("div", { class: kind, role: "group", "aria-label": `The ${CHANNELS[message.channel]} message` },
      message.subject !== "" && el("strong", {}, message.subject),
      message.text !== "" && el("p", {}, message.text)),
  ];
}
