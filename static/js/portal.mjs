/* What saves a round trip or a slip; every page works without it. Its words stand in the pages, translated. */
const words = document.body.dataset;
const make = (name, properties) => Object.assign(document.createElement(name), properties);
const figure = new Intl.NumberFormat(`${document.documentElement.lang}-u-nu-latn`);

/* How many letters are left of a long text; told to a screen reader once typing rests. */
for (const area of document.querySelectorAll("textarea[data-count]")) {
  const most = Number(area.dataset.count || area.getAttribute("maxlength"));
  if (!most || !words.left) continue;
  area.removeAttribute("maxlength"); // too much is said, never cut off in silence
  const seen = make("p", { className: "count", ariaHidden: "true" });
  const told = make("p", { className: "hidden", role: "status" });
  let rest;
  const count = () => {
    // as the server counts: code points, each end of line as two
    const left = most - [...area.value.replace(/\r?\n/g, "\r\n")].length;
    const text = (left < 0 ? words.over : words.left).replace("{n}", figure.format(Math.abs(left)));
    seen.textContent = text;
    seen.classList.toggle("error", left < 0);
    clearTimeout(rest);
    rest = setTimeout(() => { if (document.activeElement === area) told.textContent = text; }, 1000);
  };
  area.after(seen, told);
  area.addEventListener("input", count);
  count();
}

/* A reference, copied. */
for (const reference of navigator.clipboard ? document.querySelectorAll("[data-copy-text]") : []) {
  const button = make("button", { type: "button", className: "plain", textContent: words.copy });
  button.addEventListener("click", async () => {
    await navigator.clipboard.writeText(reference.dataset.copyText);
    button.textContent = words.copied;
    setTimeout(() => { button.textContent = words.copy; }, 4000);
  });
  reference.append(" ", button);
}

/* Five minutes before the session ends: a dialogue that one key press closes, in every tab of the site. */
const session = document.getElementById("session");
if (session) {
  const until = (seconds) => Date.now() + seconds * 1000;
  const tabs = new BroadcastChannel("session");
  let ends = until(session.dataset.left);
  const look = () => {
    const left = ends - Date.now();
    if (left > 300_000) { if (session.open) session.close(); } else if (left > 0 && !session.open) session.showModal();
  };
  const extend = (seconds) => { ends = until(seconds); look(); };
  const stay = async () => {
    session.close();
    const { alive, token } = session.dataset;
    const answer = await fetch(alive, { method: "POST", headers: { "X-CSRFToken": token } });
    if (!answer.ok || answer.redirected) return location.reload();
    const { seconds } = await answer.json();
    extend(seconds);
    tabs.postMessage(seconds);
  };
  tabs.addEventListener("message", ({ data }) => extend(data));
  tabs.postMessage(session.dataset.left); // this page was just loaded, which extended it
  session.addEventListener("cancel", (event) => { event.preventDefault(); stay(); });
  session.querySelector("button").addEventListener("click", stay);
  setInterval(look, 5000);
  document.addEventListener("visibilitychange", look);
  look();
}

/* How far a report has come, without loading the page again. */
const poll = async () => {
  const job = document.getElementById("job");
  if (!job?.dataset.poll) return;
  try {
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    const page = new DOMParser().parseFromString(await answer.text(), "text/html");
    const fresh = page.getElementById("job");
    if (!fresh) return location.reload();
    if (job.textContent !== fresh.textContent) job.replaceWith(fresh);
  } catch { /* no connection: asked again below */ }
  setTimeout(poll, 1000 * job.dataset.poll);
};
setTimeout(poll, 1000 * (document.getElementById("job")?.dataset.poll ?? 0));

/* What looks like a button is pressed by the space bar too. */
document.addEventListener("keydown", (event) => {
  if (event.key !== " " || !event.target.matches("a[role=button]")) return;
  event.preventDefault();
  event.target.click();
});

/* A form is sent once, however often its button is pressed. */
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (form.method !== "post" || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = "1";
  setTimeout(() => { delete form.dataset.sent; }, 10_000);
});
addEventListener("pageshow", () => {
  for (const form of document.querySelectorAll("form[data-sent]")) delete form.dataset.sent;
});

/* A page of someone who has signed out since is not shown again from the browser's memory. */
const token = () => document.cookie.match(/csrftoken=(\w+)/)?.[1];
const entered = token();
addEventListener("pageshow", (event) => {
  if (!event.persisted || !words.person || token() === entered) return;
  document.body.hidden = true;
  location.reload();
});

/* What was typed and not sent stays in this tab until it is sent, or until its person signs out. */
const store = sessionStorage;
const name = `typed:${words.person}:${location.pathname}`;
const typed = (form) => [...new FormData(form)].filter(([key, value]) =>
  typeof value === "string" && form.elements[key].type !== "hidden" && form.elements[key].type !== "password");
for (const key of Object.keys(store)) {
  if (key.startsWith("typed:") && key !== name && JSON.parse(store[key]).sent) store.removeItem(key);
}
for (const form of document.querySelectorAll("form[data-leaves]")) form.addEventListener("submit", () => store.clear());
const form = document.querySelector("form[data-keep]");
if (form && words.person) {
  const here = JSON.stringify(typed(form));
  const kept = store[name] && JSON.parse(store[name]);
  const keep = (sent) => { store[name] = JSON.stringify({ sent, values: typed(form) }); };
  if (kept && JSON.stringify(kept.values) !== here && words.unsent) {
    const note = make("div", { className: "kept", role: "status" });
    const back = make("button", { type: "button", className: "second", textContent: words.back });
    const drop = make("button", { type: "button", className: "plain", textContent: words.drop });
    back.addEventListener("click", () => {
      for (const field of form.elements) {
        if (["radio", "checkbox"].includes(field.type)) {
          field.checked = kept.values.some(([key, value]) => key === field.name && value === field.value);
        } else if (!["hidden", "password", "file", "submit", "button", "fieldset"].includes(field.type)) {
          const chosen = kept.values.filter(([key]) => key === field.name).map(([, value]) => value);
          if (field.multiple) for (const option of field.options) option.selected = chosen.includes(option.value);
          else if (chosen.length) [field.value] = chosen;
          field.dispatchEvent(new Event("input", { bubbles: true }));
        }
      }
      note.remove();
    });
    drop.addEventListener("click", () => { store.removeItem(name); note.remove(); });
    note.append(make("span", { textContent: words.unsent }), back, drop);
    form.before(note);
  }
  form.addEventListener("input", () => keep(false));
  form.addEventListener("submit", () => keep(true));
}
