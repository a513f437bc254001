// Owns changing a piece of the page into what it shall be, keeping focus, typed text and scroll; knows no meaning.

const keyOf = (node) => (node.nodeType === 1 && node.id) || "";
const isTyped = (node) => node === document.activeElement && node.dataset.input !== undefined;
const alike = (a, b) => a.nodeType === b.nodeType && a.nodeName === b.nodeName && keyOf(a) === keyOf(b);

// What the browser owns once it is there: whether a menu is open. A value is set again only when it was given anew.
function attributes(old, fresh) {
  for (const { name, value } of fresh.attributes) {
    if (old.getAttribute(name) === value) continue;
    old.setAttribute(name, value);
    if (name === "value" && old.nodeName === "INPUT" && !isTyped(old)) old.value = value;
    if (name === "checked") old.checked = true;
  }
  for (const { name } of [...old.attributes]) {
    if (fresh.hasAttribute(name) || name === "data-at" && old.dataset.stick !== undefined || (name === "open" && old.nodeName === "DETAILS")) continue;
    old.removeAttribute(name);
    if (name === "checked") old.checked = false;
  }
}

function one(old, fresh) {
  if (old.nodeType !== 1) {
    if (old.nodeValue !== fresh.nodeValue) old.nodeValue = fresh.nodeValue;
    return;
  }
  if (old.dataset.own !== undefined || old.isEqualNode(fresh)) return;
  const isText = old.nodeName === "TEXTAREA";
  const given = isText && old.textContent !== fresh.textContent;
  const chosen = old.nodeName === "SELECT" ? fresh.querySelector("option[selected]") : null;
  const was = old.nodeName === "SELECT" ? old.querySelector("option[selected]") : null;
  const isNew = chosen && (!was || was.value !== chosen.value);
  attributes(old, fresh);
  if (isText) {
    if (given) { old.textContent = fresh.textContent; old.value = fresh.textContent; }
    return;
  }
  children(old, fresh);
  if (isNew) old.value = chosen.value;
}

function children(old, fresh) {
  let here = old.firstChild;
  for (const wanted of [...fresh.childNodes]) {
    let found = here;
    while (found && !alike(found, wanted)) found = found.nextSibling;
    if (found && (found === here || keyOf(wanted))) {
      while (here !== found) { const next = here.nextSibling; here.remove(); here = next; }
      here = found.nextSibling;
      one(found, wanted);
    } else if (here && !keyOf(wanted) && !keyOf(here) && alike(here, wanted)) {
      const next = here.nextSibling; one(here, wanted); here = next;
    } else {
      old.insertBefore(wanted, here);
    }
  }
  while (here) { const next = here.nextSibling; here.remove(); here = next; }
}

export function morph(element, html) {
  const fresh = document.createElement("template");
  fresh.innerHTML = html;
  children(element, fresh.content);
}
