"use strict";
// Everything that came from a registry becomes text nodes; no markup is made of strings, and the page's policy forbids it.
(() => {
  const page = document.getElementById("page").dataset;
  const cases = [...document.querySelectorAll(".case")];
  const groups = [...document.querySelectorAll(".group")];
  const form = document.getElementById("filter");
  const SVG = "http://www.w3.org/2000/svg";

  const make = (name, attributes, ...children) => {
    const element = document.createElement(name);
    for (const [key, value] of Object.entries(attributes || {})) {
      if (value === true) element.setAttribute(key, "");
      else if (value !== false && value != null) element.setAttribute(key, value);
    }
    element.append(...children.flat().filter((child) => child != null && child !== false));
    return element;
  };
  const draw = (name, attributes, ...children) => {
    const element = document.createElementNS(SVG, name);
    for (const [key, value] of Object.entries(attributes)) element.setAttribute(key, value);
    element.append(...children);
    return element;
  };
  const time = (ms) => (ms < 1000 ? `${ms} ms` : ms < 60000 ? `${(ms / 1000).toFixed(1)} s` : `${Math.floor(ms / 60000)} min ${Math.floor((ms % 60000) / 1000)} s`);
  const grouped = (number) => String(number).replace(/\B(?=(\d{3})+$)/g, "\u202f");
  const idOf = (element) => element.id.slice("case=".length);

  // Commands and links to be copied.
  const copyable = (level, title, text) => {
    const code = make("pre", { class: "wire", tabindex: "0" }, text);
    const button = make("button", { type: "button" }, "Copy");
    button.addEventListener("click", async () => {
      let done = true;
      try {
        await navigator.clipboard.writeText(text);
      } catch {
        const range = document.createRange();
        range.selectNodeContents(code);
        const selection = getSelection();
        selection.removeAllRanges();
        selection.addRange(range);
        done = document.execCommand("copy");
      }
      say(done ? "Copied" : "Selected");
      setTimeout(say, 2000, "Copy");
    });
    const say = (word) => {
      button.textContent = word;
      button.setAttribute("aria-label", `${word}: ${title}`);
    };
    say("Copy");
    button.setAttribute("aria-live", "polite");
    return make("div", { class: "command" }, make(level, {}, title), code, button);
  };
  const quoted = (word) => `'${word.replaceAll("'", "'\\''")}'`;

  // JSON in colours; what is none stays as it came.
  const TOKEN = /("(?:[^"\\]|\\.)*")(\s*:)?|(-?\d+(?:\.\d+)?(?:[eE][+-]?\d+)?)|\b(true|false|null)\b/g;
  const coloured = (text, target) => {
    let end = 0;
    for (const match of text.matchAll(TOKEN)) {
      target.append(text.slice(end, match.index));
      const kind = match[1] ? (match[2] ? "k" : "s") : match[3] ? "n" : "l";
      target.append(make("span", { class: kind }, match[1] ? match[1] : match[0]), match[2] || "");
      end = match.index + match[0].length;
    }
    target.append(text.slice(end));
    return target;
  };
  const body = (text) => {
    const start = text.trimStart()[0];
    if (start !== "{" && start !== "[") return make("pre", { class: "body", tabindex: "0" }, text);
    let shown = text;
    // Only where nothing is lost by it: numbers beyond 2^53 and doubled names stay as they came.
    try {
      const value = JSON.parse(text);
      if (JSON.stringify(value) === text.replace(/("(?:[^"\\]|\\.)*")|\s+/g, "$1")) shown = JSON.stringify(value, null, 2);
    } catch { /* cut short, or no JSON */ }
    return coloured(shown, make("pre", { class: "body json", tabindex: "0" }));
  };

  const message = (title, start, part) => {
    const wire = make("div", { class: "wire" }, make("div", { class: "start" }, start));
    if (part) {
      if (part.headers.length) {
        wire.append(make("dl", { class: "fields" }, part.headers.map(([name, value]) => make("div", {}, make("dt", {}, `${name}: `), make("dd", {}, value)))));
      }
      if (part.body) {
        wire.append(body(part.body));
        if (!part.whole) wire.append(make("p", { class: "cut" }, `The beginning of ${part.octets} octets.`));
      } else if (part.hex) {
        wire.append(make("pre", { class: "body" }, part.hex.replace(/(..)/g, "$1 ")), make("p", { class: "cut" }, `The beginning of ${part.octets} octets that are no text.`));
      }
      if (part.trouble) wire.append(make("p", { class: "cut" }, part.trouble));
    }
    return make("div", { class: "message" }, make("h5", {}, title), wire);
  };

  const track = (at, took, total, tone) => {
    const x = Math.min(995, (at / total) * 1000);
    const width = Math.max(5, Math.min(1000 - x, (took / total) * 1000));
    return draw("svg", { class: `track ${tone}`, viewBox: "0 0 1000 12", preserveAspectRatio: "none", "aria-hidden": "true" },
      draw("rect", { class: "rail", x: 0, y: 5.5, width: 1000, height: 1 }),
      draw("rect", { class: "span", x, y: 1, width, height: 10 }));
  };
  const path = (url) => {
    const at = url.indexOf("://");
    const slash = at < 0 ? 0 : url.indexOf("/", at + 3);
    const whole = (slash < 0 ? "/" : url.slice(slash) || "/").replace("client" in page ? /^\/s\/[^/]+(?=\/)/ : /^$/, "");
    // Generated names and tokens say little, and the request below has them in full.
    return whole.split("/").map((part) => (part.length > 30 ? `${part.slice(0, 14)}…${part.slice(-8)}` : part)).join("/");
  };

  const exchange = (one, total, brief) => {
    const failed = (one.broken || []).length > 0;
    const line = one.line ? `line ${one.line}` : "";
    if (one.notRun != null || (one.method == null && one.url == null && !one.sent?.body)) {
      const call = make("span", { class: "call" }, make("span", { class: "name", title: line }, one.name),
        one.notRun != null && make("span", { class: "why" }, `not run: ${one.notRun}`),
        (one.broken || []).map(([rule, what]) => make("span", { class: "bad" }, rule ? `${rule}: ${what}` : what)));
      return make("div", { class: "event" }, call);
    }
    const tone = failed ? "fail" : "";
    const status = one.status != null ? String(one.status) : "none";
    const call = make("span", { class: "call" },
      make("span", { class: "name", title: line }, one.name), make("b", {}, one.method || "raw"), make("code", {}, path(one.url || "")),
      one.fault && [" ", make("span", { class: "fault" }, one.fault)],
      (one.broken || []).map(([rule, what]) => make("span", { class: "bad" }, rule ? `${rule}: ${what}` : what)));
    const summary = make("summary", {}, call, make("span", { class: `status ${tone}` }, make("span", { class: "unseen" }, "answer "), status),
      track(one.at || 0, one.took, total, tone), make("span", { class: "time" }, time(one.took)));
    const details = make("details", { class: "exchange", open: failed }, summary);
    const fill = () => {
      if (details.childElementCount > 1) return;
      const inside = make("div", { class: "inside" });
      if (brief) inside.append(make("p", { class: "cut" }, "Left out to keep this file small; the JSON report has more."));
      else {
        const answer = one.status != null ? message("Answer", `${one.status} ${one.reason || ""}`, one.came) : message("Answer", one.error || "no answer", null);
        inside.append(make("div", { class: "messages" }, message("Request", `${one.method || "raw octets to"} ${one.url || ""}`, one.sent), answer));
      }
      if (one.curl) inside.append(copyable("h5", "The same request by curl", one.curl));
      details.append(inside);
    };
    details.addEventListener("toggle", fill);
    if (failed) fill();
    return details;
  };

  const event = (text, tone, at) => make("div", { class: "event" }, make("span", { class: "call" }, make("b", { class: tone }, text)), make("span", { class: "time" }, `at ${time(at)}`));

  const timeline = (data) => {
    const last = Math.max(1, data.took, ...data.exchanges.map((one) => (one.at || 0) + one.took));
    const lines = make("div", { class: "lines" });
    const waiting = [...data.clients];
    let running = null;
    const begin = () => {
      running = waiting.shift();
      lines.append(event(`The client is asked to ${running.operation}`, "", running.at));
    };
    const end = () => {
      lines.append(event(`The client ended: ${running.ending}`, running.done ? "pass" : "skip", running.at + running.took));
      running = null;
    };
    for (const one of data.exchanges) {
      if (running && running.name !== one.name) end();
      if (!running && waiting.length && waiting[0].name === one.name) begin();
      lines.append(exchange(one, last, data.brief));
    }
    if (running) end();
    while (waiting.length) { begin(); end(); }
    if (data.omitted) lines.append(make("div", { class: "event" }, make("span", { class: "call" }, `and ${data.omitted} more, in the JSON report`)));
    const title = data.clients.length ? "What it did" : "Exchanges";
    return make("div", { class: "timeline" }, make("div", { class: "axis" }, make("h4", {}, title), make("span", {}, `0 to ${time(last)}`)), lines,
      data.clients.flatMap((client) => ["stdout", "stderr"].filter((name) => client[name]).map((name) => make("div", { class: "said" }, make("div", {}, make("h4", {}, name), make("pre", { class: "wire" }, client[name]))))));
  };

  // Some cases are packed together; each pack is unpacked once.
  const packs = [...document.querySelectorAll("script.pack")].map((script) => script.firstChild);
  const unpacked = new Map();
  const unpack = (index) => {
    if (!unpacked.has(index)) {
      const octets = Uint8Array.from(atob(packs[index].data), (character) => character.charCodeAt(0));
      const stream = new Blob([octets]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
      unpacked.set(index, new Response(stream).json());
    }
    return unpacked.get(index);
  };

  const open = async (element) => {
    if (element.dataset.filled) return;
    element.dataset.filled = "1";
    const mark = make("p", { class: "cut" });
    const before = element.querySelector(".file");
    element.insertBefore(mark, before);
    if (element.dataset.pack) {
      try {
        const all = await unpack(Number(element.dataset.pack));
        const shown = timeline(all[Number(element.dataset.index)]);
        const asked = element.querySelector(".asked");
        if (asked) {
          const beside = make("div", { class: "beside" });
          asked.replaceWith(beside);
          beside.append(asked, shown);
          mark.remove();
        } else mark.replaceWith(shown);
      } catch (error) {
        mark.replaceWith(make("p", { class: "note" }, `The exchanges can not be shown: ${error}. The JSON report has them.`));
      }
    } else mark.remove();
    const words = [page.again, quoted(idOf(element)), page.behind].filter((word) => word);
    element.append(copyable("h4", "Run this case again", words.join(" ")));
    const link = make("a", { href: `#case=${encodeURIComponent(idOf(element))}` }, "Link to this case");
    element.append(make("p", {}, link));
  };
  document.addEventListener("toggle", (toggled) => {
    if (toggled.target.classList?.contains("case") && toggled.target.open) open(toggled.target);
  }, true);

  // The filter, which the address holds.
  const input = { text: form.querySelector("#text"), area: form.querySelector("#area"), level: form.querySelector("#level") };
  const boxes = [...form.querySelectorAll("[name=verdict]")];
  // Rows of a group that a filter shows at first: thousands at once would make typing slow.
  const FEW = 400;
  const lists = groups.map((group) => ({
    group,
    verdict: group.id.slice("verdict=".length),
    number: group.querySelector(".number"),
    startsOpen: group.open,
    most: FEW,
    cases: [...group.querySelectorAll(".case")].map((element) => ({ element, shown: true, text: null, rules: null })),
  }));
  for (const list of lists) {
    const button = make("button", { type: "button" }, "");
    button.addEventListener("click", () => {
      const next = list.cases.find((one) => one.fits && !one.shown);
      list.most = Infinity;
      apply();
      next?.element.querySelector("summary").focus();
    });
    list.further = make("p", { class: "further", hidden: true }, button);
    list.group.append(list.further);
  }
  // What is looked through, read when there is time for it, or when it is needed.
  const read = (one) => {
    if (one.text !== null) return one;
    const summary = one.element.querySelector("summary");
    one.text = summary.textContent.toLowerCase();
    one.rules = summary.querySelector(".rule-ids").textContent.split(" ");
    return one;
  };
  const unread = lists.flatMap((list) => list.cases);
  const readOn = (deadline) => {
    while (unread.length && deadline.timeRemaining() > 2) for (const one of unread.splice(-20)) read(one);
    if (unread.length) requestIdleCallback(readOn);
  };
  if (window.requestIdleCallback) requestIdleCallback(readOn);
  let ofRule = "";
  let wasActive = false;

  const apply = () => {
    const verdicts = new Set(boxes.filter((box) => box.checked).map((box) => box.value));
    const words = input.text.value.toLowerCase().split(/\s+/).filter((word) => word);
    const active = verdicts.size > 0 || words.length > 0 || input.area.value !== "" || input.level.value !== "" || ofRule !== "";
    let total = 0;
    for (const list of lists) {
      let count = 0;
      const inside = !verdicts.size || verdicts.has(list.verdict);
      for (const one of list.cases) {
        const fits = inside
          && (!input.area.value || one.element.dataset.area === input.area.value)
          && (!input.level.value || one.element.dataset.level === input.level.value)
          && (!ofRule || read(one).rules.includes(ofRule))
          && words.every((word) => read(one).text.includes(word));
        if (fits) count += 1;
        one.fits = fits;
        const shown = fits && (!active || count <= list.most);
        if (shown !== one.shown) {
          one.element.hidden = !shown;
          one.shown = shown;
        }
      }
      const further = active ? count - list.most : 0;
      list.further.hidden = further <= 0;
      list.further.firstChild.textContent = `Show ${grouped(Math.max(0, further))} more`;
      list.group.hidden = count === 0;
      if (active) list.group.open = true;
      else if (wasActive) list.group.open = list.startsOpen;
      list.number.textContent = grouped(count);
      total += count;
    }
    wasActive = active;
    document.getElementById("shown").textContent = active ? `${grouped(total)} of ${grouped(cases.length)} cases` : `${grouped(cases.length)} cases`;
    document.getElementById("none").hidden = total > 0;
    document.getElementById("reset").hidden = !active;
    const of = document.getElementById("of");
    of.hidden = !ofRule;
    of.textContent = ofRule ? `that judge ${ofRule}` : "";
  };
  const remember = () => {
    const address = new URLSearchParams();
    const verdicts = boxes.filter((box) => box.checked).map((box) => box.value);
    if (verdicts.length) address.set("verdict", verdicts.join(","));
    for (const name of ["area", "level", "text"]) if (input[name].value) address.set(name, input[name].value);
    if (ofRule) address.set("of", ofRule);
    try {
      history.replaceState(null, "", `#${String(address).replaceAll("+", "%20") || "cases"}`);
    } catch { /* an address that may not be changed */ }
  };

  const clear = () => {
    for (const box of boxes) box.checked = false;
    for (const one of Object.values(input)) one.value = "";
    ofRule = "";
  };
  const follow = () => {
    const raw = location.hash.slice(1);
    if (raw === "") {
      // Back from a filter.
      clear();
      apply();
      return;
    }
    if (!raw.includes("=")) {
      // A rule in the words of the specification.
      const place = document.getElementById(raw);
      const closed = place?.closest(".specified");
      if (closed) {
        closed.open = true;
        place.scrollIntoView({ block: "start", behavior: "instant" });
      }
      return;
    }
    const address = new URLSearchParams(raw.replaceAll("+", "%2B"));
    if (address.has("case")) {
      const wanted = cases.find((one) => idOf(one) === address.get("case"));
      if (!wanted) return;
      if (wanted.hidden) { clear(); apply(); }
      wanted.closest(".group").open = true;
      wanted.open = true;
      wanted.scrollIntoView({ block: "start", behavior: "instant" });
      wanted.querySelector("summary").focus({ preventScroll: true });
    } else if (address.has("rule")) {
      const row = document.getElementById(`rule=${address.get("rule")}`);
      const others = row?.closest("details");
      if (others) others.open = true;
      row?.scrollIntoView({ block: "center", behavior: "instant" });
    } else {
      clear();
      const verdicts = (address.get("verdict") || "").split(",");
      for (const box of boxes) box.checked = verdicts.includes(box.value);
      for (const name of ["area", "level", "text"]) input[name].value = address.get(name) || "";
      ofRule = address.get("of") || "";
      apply();
      document.getElementById("cases").scrollIntoView({ block: "start", behavior: "instant" });
      document.getElementById("cases").focus({ preventScroll: true });
    }
  };

  form.hidden = false;
  // Once a frame, however fast somebody types; an address may not be changed that often.
  let frame = 0;
  let later = 0;
  form.addEventListener("input", () => {
    for (const list of lists) list.most = FEW;
    cancelAnimationFrame(frame);
    frame = requestAnimationFrame(apply);
    clearTimeout(later);
    later = setTimeout(remember, 250);
  });
  form.addEventListener("keydown", (pressed) => {
    if (pressed.key !== "Escape" || pressed.target !== input.text || !input.text.value) return;
    pressed.preventDefault();
    input.text.value = "";
    input.text.dispatchEvent(new Event("input", { bubbles: true }));
  });
  form.addEventListener("submit", (submitted) => submitted.preventDefault());
  document.getElementById("reset").addEventListener("click", () => {
    clear();
    apply();
    remember();
    input.text.focus();
  });
  addEventListener("hashchange", follow);
  // What comes again by the same address is followed again.
  document.addEventListener("click", (clicked) => {
    const link = clicked.target.closest?.("a[href^='#']");
    if (link && link.getAttribute("href") === location.hash) follow();
  });
  for (const block of document.querySelectorAll("#target pre.json, .asked pre.json")) {
    const text = block.textContent;
    block.textContent = "";
    coloured(text, block);
  }
  if (location.hash.length > 1) follow();
})();
