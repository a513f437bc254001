// Owns the browser's half of the page: sends what is clicked and typed, shows what the server writes; decides nothing.
import { morph } from "/morph.js";

const by = (id) => document.getElementById(id);
const LARGEST_FILE = 2 * 1024 ** 2;
let socket;

// ---- to the server

function send(asked, fields = {}) {
  if (socket && socket.readyState === WebSocket.OPEN) socket.send(JSON.stringify({ asked, fields }));
}

function fieldsOf(form, submitter) {
  const fields = {};
  if (!form || form.dataset.isFilled) return fields;
  for (const [name, value] of new FormData(form, submitter || null)) {
    if (!(value instanceof File)) (fields[name] ??= []).push(value);
  }
  return fields;
}

// A file as base64, which is what stands behind the comma of its address.
const read = (file) => new Promise((resolve) => {
  const reader = new FileReader();
  reader.onload = () => resolve(reader.result.split(",")[1] || "");
  reader.readAsDataURL(file);
});

// What the server was asked to fill in is only on its way here: until it comes, or somebody types, none of it is sent.
const FILLS = new Set(["fill", "workday-right"]);

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
  const drop = event.target.closest("[data-drop-file]");
  if (drop) { drop.form.elements.file.value = ""; name(drop.form); return drop.form.elements.text.focus(); }
  const theme = event.target.closest("[data-theme-next]");
  if (theme) return dress();
  for (const open of document.querySelectorAll("details.overflow[open]")) {
    if (!open.contains(event.target) || event.target.closest(".menu button")) open.open = false;
  }
  const pressed = event.target.closest("button[data-do], a[data-do]");
  if (!pressed || pressed.disabled) return;
  send(askedOf(pressed, pressed.dataset.do), fieldsOf(pressed.closest("form.modal")));
  if (FILLS.has(pressed.dataset.do)) pressed.form.dataset.isFilled = "yes";
});

document.addEventListener("submit", (event) => {
  event.preventDefault();
  const form = event.target;
  if (!form.dataset.do) return;
  const asked = askedOf(form, form.dataset.do), fields = fieldsOf(form, event.submitter);
  const file = form.elements.file?.files[0];
  if (!file) send(asked, fields);
  else if (file.size > LARGEST_FILE) return send(asked, { ...fields, file: [file.name] }); // and all stays as it is
  else read(file).then((content) => send(asked, { ...fields, file: [file.name], content: [content] }));
  if (form.classList.contains("composer")) { form.reset(); grow(form.elements.text); name(form); }
});

document.addEventListener("change", (event) => {
  if (event.target.type === "file") return name(event.target.form);
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
  if (event.target.form) delete event.target.form.dataset.isFilled;
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
  // From the top of the page it closes the only form that is in sight.
  const inSight = [...document.querySelectorAll(".veil")].filter((one) => one.offsetParent);
  const veil = event.target.closest?.(".veil") || (!event.target.closest?.(".pane") && inSight.length === 1 && inSight[0]);
  if (veil) veil.querySelector(".close, [data-do=deny]")?.click();
});

// ---- small things of the browser alone

function grow(box) {
  box.style.height = "auto";
  box.style.height = `${Math.min(box.scrollHeight, 140)}px`;
}

// Beside the text stands which file will go with it, and a press takes it off again.
function name(form) {
  const chosen = form.querySelector("[data-drop-file]"), file = form.elements.file.files[0];
  chosen.hidden = !file;
  chosen.textContent = file ? `${file.name} ✕` : "";
  chosen.setAttribute("aria-label", file ? `Take off ${file.name}` : "");
  if (file) form.elements.text.focus();
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

const FIRST = ".inside :is(input, textarea, select, button), footer .button";
const openers = new Map();

function show(regions) {
  const stuck = new Set();
  for (const box of document.querySelectorAll("[data-stick]")) {
    const isAsLeft = Math.abs(box.scrollTop - Number(box.dataset.at || 0)) < 4;
    if (isAsLeft || box.scrollHeight - box.scrollTop - box.clientHeight < 40) stuck.add(box.id);
  }
  const opened = new Set([...document.querySelectorAll("[data-opens]")].map((one) => one.id));
  const before = document.activeElement, place = before?.closest(".pane");
  const wrong = new Set(document.querySelectorAll("[aria-invalid=true]"));
  for (const [id, html] of Object.entries(regions)) morph(by(id), html);
  for (const box of document.querySelectorAll("[data-stick]")) {
    if (!stuck.has(box.id) && box.dataset.at) continue;
    const last = [...box.querySelectorAll(".message")].at(-1);
    const isLong = last && last.offsetHeight > box.clientHeight;
    box.scrollTop = isLong ? last.offsetTop - box.offsetTop : box.scrollHeight;
    box.dataset.at = box.scrollTop;
  }
  for (const pane of document.querySelectorAll("main > .pane")) {
    const veil = pane.querySelector(":scope > .veil");
    for (const one of pane.children) one.inert = Boolean(veil) && !one.matches(".veil, .toast");
    // Whoever is elsewhere, say at a story's buttons, stays there.
    const isHere = !before || before === document.body || place === pane;
    if (veil && !opened.has(veil.id) && isHere) {
      if (!openers.has(pane)) openers.set(pane, before);
      veil.querySelector(FIRST)?.focus();
    } else if (!veil && openers.has(pane)) {
      const opener = openers.get(pane);
      openers.delete(pane);
      if (place === pane && opener !== document.body) (opener?.isConnected ? opener : pane.querySelector(".thread .scroll, .scroll"))?.focus();
    }
  }
  const complained = [...document.querySelectorAll("[aria-invalid=true]")].find((field) => !wrong.has(field));
  if (complained && complained.closest(".pane") === place) complained.focus();
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
