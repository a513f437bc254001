// Owns the browser's half of the page: sends what is clicked and typed, shows what the server writes; decides nothing.
import { morph } from "/morph.js";

const by = (id) => document.getElementById(id);
let socket;

// ---- to the server

function send(asked, fields = {}) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ asked, fields }));
}

function fieldsOf(form, submitter) {
  const fields = {};
  if (!form) return fields;
  for (const [name, value] of new FormData(form, submitter || null)) (fields[name] ??= []).push(String(value));
  return fields;
}

const askedOf = (element, verb, more = {}) => ({ ...element.dataset, do: verb, ...more });

document.addEventListener("click", (event) => {
  const view = event.target.closest("nav.views button");
  if (view) return look(view.dataset.view);
  const copy = event.target.closest("[data-copy]");
  if (copy) return copied(copy);
  const mention = event.target.closest("[data-mention]");
  if (mention) return mentioned(mention);
  const address = event.target.closest("[data-copy-address]");
  if (address) { address.dataset.copy = location.href.split("#")[0] + address.dataset.copyAddress; return copied(address); }
  const theme = event.target.closest("[data-theme-next]");
  if (theme) return dress();
  for (const open of document.querySelectorAll("details.overflow[open]")) {
    if (!open.contains(event.target) || event.target.closest(".menu button")) open.open = false;
  }
  const pressed = event.target.closest("button[data-do], a[data-do]");
  if (!pressed || pressed.disabled) return;
  send(askedOf(pressed, pressed.dataset.do), fieldsOf(pressed.closest("form.modal")));
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (!form.dataset.do) return;
  send(askedOf(form, form.dataset.do), fieldsOf(form, event.submitter));
  if (form.classList.contains("composer")) { form.reset(); grow(form.elements.text); }
});

document.addEventListener("change", (event) => {
  const chosen = event.target.closest("[data-change]");
  if (!chosen) return;
  const group = chosen.closest("form.modal") || chosen.closest("fieldset");
  const fields = group && group.nodeName === "FORM" ? fieldsOf(group) : {};
  if (!(chosen.name in fields)) {
    const boxes = group ? group.querySelectorAll("input:checked") : [];
    if (boxes.length) fields[chosen.name] = [...boxes].map((box) => box.value);
  }
  const more = ["checkbox", "radio"].includes(chosen.type) ? {} : { value: chosen.value };
  send(askedOf(chosen, chosen.dataset.change, more), fields);
});

document.addEventListener("input", (event) => {
  if (event.target.dataset.input) send({ do: event.target.dataset.input, value: event.target.value });
  if (event.target.dataset.send !== undefined) grow(event.target);
});

document.addEventListener("keydown", (event) => {
  const box = event.target.closest?.("[data-send]");
  if (box && event.key === "Enter" && !event.shiftKey) {
    event.preventDefault();
    box.form.requestSubmit(box.form.querySelector(".send"));
  }
  if (event.key !== "Escape") return;
  const open = document.querySelector("details[open]");
  if (open) { open.open = false; open.querySelector("summary").focus(); return; }
  const veil = event.target.closest?.(".veil");
  if (veil) veil.querySelector(".close, [data-do=deny]")?.click();
});

// ---- small things of the browser alone

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 140)}px`;
}

function copied(button) {
  navigator.clipboard?.writeText(button.dataset.copy).catch(() => {});
  const before = button.textContent;
  button.textContent = "Copied";
  setTimeout(() => { button.textContent = before; }, 1200);
}

function mentioned(button) {
  const box = button.form.elements.text;
  box.value = `@Link Workday ${box.value}`;
  box.focus();
}

function look(view) {
  document.body.dataset.view = view;
  for (const one of document.querySelectorAll("nav.views button")) {
    one.setAttribute("aria-pressed", String(one.dataset.view === view));
  }
}

function dress(theme) {
  const isDark = getComputedStyle(document.documentElement).colorScheme === "dark";
  document.documentElement.dataset.theme = theme || (isDark ? "light" : "dark");
  localStorage.setItem("theme", document.documentElement.dataset.theme);
}

// ---- from the server

function show(regions) {
  const stuck = new Set();
  for (const box of document.querySelectorAll("[data-stick]")) {
    const isAsLeft = Math.abs(box.scrollTop - Number(box.dataset.at || 0)) < 4;
    if (isAsLeft || box.scrollHeight - box.scrollTop - box.clientHeight < 40) stuck.add(box.id);
  }
  const opened = new Set([...document.querySelectorAll("[data-opens]")].map((one) => one.id));
  const before = document.activeElement;
  for (const [id, html] of Object.entries(regions)) morph(by(id), html);
  for (const box of document.querySelectorAll("[data-stick]")) {
    if (!stuck.has(box.id) && box.dataset.at) continue;
    const last = [...box.querySelectorAll(".message")].at(-1);
    const isLong = last && last.offsetHeight > box.clientHeight;
    box.scrollTop = isLong ? last.offsetTop - box.offsetTop : box.scrollHeight;
    box.dataset.at = box.scrollTop;
  }
  for (const fresh of document.querySelectorAll("[data-opens]")) {
    if (!opened.has(fresh.id)) fresh.querySelector("input:not([type=hidden]), textarea, select, button:not(.close)")?.focus();
  }
  for (const pane of document.querySelectorAll("main > .pane")) {
    const veil = pane.querySelector(":scope > .veil");
    for (const one of pane.children) one.inert = Boolean(veil) && !one.matches(".veil, .toast");
  }
  const wrong = Object.keys(regions).map((id) => by(id).querySelector(".veil [aria-invalid=true]")).find(Boolean);
  if (wrong && before && !before.isConnected) wrong.focus();
  document.body.dataset.ready = "yes";
}

function connect() {
  socket = new WebSocket(`ws://${location.host}/live`);
  socket.onopen = () => { by("gone").hidden = true; document.dispatchEvent(new Event("connected")); };
  socket.onmessage = (event) => show(JSON.parse(event.data));
  socket.onclose = () => { by("gone").hidden = false; setTimeout(connect, 700); };
}

document.addEventListener("connected", () => {
  const story = new URLSearchParams(location.hash.slice(1)).get("story");
  if (story) send({ do: "story", story });
}, { once: true });
if (localStorage.getItem("theme")) dress(localStorage.getItem("theme"));
connect();
