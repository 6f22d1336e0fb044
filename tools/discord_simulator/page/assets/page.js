// Brings new messages, colours, and the bot's suggestions for what is being typed. The page works without it.
"use strict";
const messages = document.getElementById("messages");
const text = document.getElementById("text");
const list = document.getElementById("suggestions");
const form = document.getElementById("writing");
let shown = "";
let asked = 0;

function paint() {
  for (const each of messages.querySelectorAll("[data-color]")) {
    if (each.classList.contains("embed")) each.style.borderLeftColor = each.dataset.color;
    else each.style.color = each.dataset.color;
  }
}

async function refresh() {
  const isBusy = messages.contains(document.activeElement) && document.activeElement !== document.body;
  if (!document.hidden && !isBusy) {
    const answer = await fetch(messages.dataset.source).catch(() => null);
    const html = answer && answer.ok ? await answer.text() : shown;
    if (html !== shown) {
      const isAtEnd = messages.scrollHeight - messages.scrollTop - messages.clientHeight < 80;
      messages.innerHTML = html; // rendered and escaped by the server
      shown = html;
      paint();
      if (isAtEnd) messages.scrollTop = messages.scrollHeight;
    }
  }
  setTimeout(refresh, 1500);
}

function offer(rows, use) {
  list.replaceChildren(...rows.map((row) => {
    const item = document.createElement("li");
    const button = document.createElement("button");
    button.type = "button";
    button.textContent = row.name;
    button.addEventListener("click", () => { use(row); list.hidden = true; text.focus(); });
    item.append(button);
    return item;
  }));
  list.hidden = rows.length === 0;
}

async function suggest() {
  const typed = text.value;
  const number = ++asked;
  if (!typed.startsWith("/")) { list.hidden = true; return; }
  const names = [...document.querySelectorAll("#commands code")].map((each) => each.textContent);
  const fitting = names.filter((name) => name.startsWith(typed) && name !== typed);
  if (!typed.includes(" ")) {
    offer(fitting.map((name) => ({ name })), (row) => { text.value = row.name.split(" [")[0].replace(/ .*$/, " "); });
    return;
  }
  const answer = await fetch(`${form.dataset.suggest}&text=${encodeURIComponent(typed)}`).catch(() => null);
  const rows = answer && answer.ok ? await answer.json() : [];
  if (number !== asked) return;
  offer(rows, (row) => {
    const at = typed.lastIndexOf(`${row.option}:`);
    const before = at < 0 ? typed.slice(0, typed.indexOf(" ") + 1) + `${row.option}:` : typed.slice(0, at + row.option.length + 1);
    text.value = `${before}${row.value} `;
  });
}

let waiting = 0;
text.addEventListener("input", () => { clearTimeout(waiting); waiting = setTimeout(suggest, 150); });
text.addEventListener("keydown", (event) => { if (event.key === "Escape") list.hidden = true; });
paint();
document.querySelector(".channels [aria-current]")?.scrollIntoView({ inline: "center", block: "nearest" });
messages.scrollTop = messages.scrollHeight;
setTimeout(refresh, 1500);
